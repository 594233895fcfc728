package io.streamq.learning;

import java.io.Serializable;

/**
 * Applied to a reward before it is learnt from: scaled first, then clipped (Mnih et al. 2015 clip to [-1, 1]). Scaling changes the unit of
 * all values and no preference; clipping changes the problem. Of an n-step experience it sees the sum.
 *
 * @param scale finite and greater than 0: a negative one would invert the problem
 * @param clipMin least scaled reward; negative infinity for no bound
 * @param clipMax greatest scaled reward, not below {@code clipMin}; positive infinity for no bound
 */
public record RewardTransform(double scale, double clipMin, double clipMax) implements Serializable {
    /** Leaves rewards as they are. */
    public static final RewardTransform NONE =
            new RewardTransform(1, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

    public RewardTransform {
        if (!(scale > 0 && Double.isFinite(scale))) {
            throw new IllegalArgumentException("the scale of rewards must be finite and > 0: scale=" + scale);
        }
        if (!(clipMin <= clipMax && clipMin < Double.POSITIVE_INFINITY && clipMax > Double.NEGATIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "rewards must be clipped to a range that is not empty: clipMin=" + clipMin + " clipMax=" + clipMax);
        }
    }

    /** What is learnt in place of {@code reward}; allocates nothing. Infinite if scaling overflows and nothing clips it. */
    public double of(double reward) {
        return Math.min(Math.max(scale * reward, clipMin), clipMax);
    }
}

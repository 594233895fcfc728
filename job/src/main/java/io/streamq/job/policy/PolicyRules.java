package io.streamq.job.policy;

import io.streamq.learning.Algorithm;
import io.streamq.learning.LearningRate;
import io.streamq.learning.RewardTransform;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Valid rules of one policy.
 *
 * @param actions number of actions, in [1, {@link #MAX_ACTIONS}]
 * @param generation a greater one than the last resets what was learnt
 * @param frozen answers and does not learn
 * @param discount in [0, 1]
 * @param initialQ value of every action nobody tried, finite
 */
public record PolicyRules(
        int actions,
        long generation,
        boolean frozen,
        double discount,
        double initialQ,
        Algorithm algorithm,
        LearningRate learningRate,
        RewardTransform reward,
        EmissionRules emission,
        RowLimits limits)
        implements Serializable {
    /** A row with this many fits on a page of the shared view. */
    public static final int MAX_ACTIONS = 1 << 15;

    /** Whether there is timed work, or the times of rows are kept: they advance only while the clock is read. */
    public boolean needClock() {
        return emission.needsTime() || limits.forgets();
    }

    /**
     * Checks whether a policy can change to these rules.
     *
     * @param before its configured rules; {@code null} if unconfigured
     * @throws InvalidPolicyException if the generation falls, or fewer actions would forget rows unasked
     */
    public void requireCanFollow(@Nullable PolicyRules before) throws InvalidPolicyException {
        if (before == null) {
            return;
        }
        List<String> violations = new ArrayList<>();
        if (generation < before.generation) {
            violations.add("generation must not fall: it is " + before.generation + ", got " + generation);
        }
        if (actions < before.actions && generation <= before.generation) {
            violations.add("actions may be reduced only with a generation greater than " + before.generation
                    + ", which forgets what was learnt: there are " + before.actions + ", got " + actions);
        }
        if (!violations.isEmpty()) {
            throw new InvalidPolicyException(violations);
        }
    }
}

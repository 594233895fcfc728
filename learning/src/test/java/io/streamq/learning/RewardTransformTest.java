package io.streamq.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class RewardTransformTest {
    private static final double INFINITY = Double.POSITIVE_INFINITY;

    @Test
    void aRewardIsScaledFirstAndClippedThen() {
        RewardTransform transform = new RewardTransform(0.5, -1, 2);
        assertThat(transform.of(3)).isEqualTo(1.5);
        assertThat(transform.of(6)).isEqualTo(2);
        assertThat(transform.of(-1.5)).isEqualTo(-0.75);
        assertThat(transform.of(-6)).isEqualTo(-1);
    }

    @Test
    void infiniteLimitsClipNothing() {
        assertThat(new RewardTransform(2, -INFINITY, 0).of(-1e300)).isEqualTo(-2e300);
        assertThat(new RewardTransform(2, 0, INFINITY).of(1e300)).isEqualTo(2e300);
    }

    @Test
    void noneLeavesRewardsAsTheyAre() {
        for (double reward : new double[] {0, -1, 1e300, -1e300, Double.MIN_VALUE}) {
            assertThat(RewardTransform.NONE.of(reward)).isEqualTo(reward);
        }
    }

    @Test
    void anOverflowIsClippedOrElseStaysVisible() {
        assertThat(new RewardTransform(1e10, -1, 1).of(1e300)).isEqualTo(1);
        assertThat(new RewardTransform(1e10, -INFINITY, INFINITY).of(1e300)).isInfinite();
    }

    @Test
    void aScaleMustBePositive() {
        for (double wrong : new double[] {0, -1, Double.NaN, INFINITY}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new RewardTransform(wrong, -1, 1))
                    .withMessage("the scale of rewards must be finite and > 0: scale=" + wrong);
        }
    }

    @Test
    void theLimitsMustLeaveARange() {
        double[][] wrong = {{1, -1}, {Double.NaN, 1}, {0, Double.NaN}, {INFINITY, INFINITY}, {-INFINITY, -INFINITY}};
        for (double[] limits : wrong) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new RewardTransform(1, limits[0], limits[1]))
                    .withMessage("rewards must be clipped to a range that is not empty: clipMin=" + limits[0]
                            + " clipMax=" + limits[1]);
        }
    }
}

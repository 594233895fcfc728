package io.streamq.agent;

import static io.streamq.agent.PolicyUpdates.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.streamq.learning.ActionSet;
import io.streamq.schemas.PolicyUpdate;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class UpperConfidenceBoundTest {
    private final SplittableRandom random = new SplittableRandom(42);

    private int choice(double c, long[] legal, List<Long> visits, Double... qValues) {
        StatePolicy row = StatePolicy.of(PolicyUpdate.newBuilder(update("s", 1, 9, 0, qValues))
                .setVisits(visits)
                .build());
        Decision decision = ActionSelector.ucb(c).select(state -> row, "s", legal, qValues.length, random);
        assertThat(decision.policyVersion()).isEqualTo(9);
        assertThat(decision.behaviorProbability()).isEqualTo(1);
        return decision.action();
    }

    /** N = 104, ln N = 4.644: bounds 1 + c * 0.2155 and 0.5 + c * 1.0775, equal at c = 0.58. */
    @Test
    void whatWasTriedLessIsGivenMore() {
        assertThat(choice(0.57, null, List.of(100L, 4L), 1.0, 0.5)).isZero();
        assertThat(choice(0.59, null, List.of(100L, 4L), 1.0, 0.5)).isOne();
    }

    @Test
    void anActionNobodyTriedComesFirst() {
        assertThat(choice(0.1, null, List.of(5L, 0L, 0L), 100.0, -5.0, 0.0)).isOne();
    }

    @Test
    void amongEqualsTheLowestIndexWins() {
        assertThat(choice(1, null, List.of(3L, 3L, 3L), 0.0, 2.0, 2.0)).isOne();
        assertThat(choice(1, null, List.of(0L, 0L), 0.0, 2.0)).isZero();
    }

    @Test
    void onlyLegalActionsAreChosenAndCounted() {
        assertThat(choice(0, ActionSet.of(3, 0, 2), List.of(5L, 0L, 5L), 1.0, 9.0, 2.0))
                .isEqualTo(2);
        // Of the legal ones N = 101, ln N = 4.615: 0 + 2.148 against 2.5 + 0.215. With ln 1,000,101 the first would
        // win.
        assertThat(choice(1, ActionSet.of(3, 0, 2), List.of(1L, 1_000_000L, 100L), 0.0, 9.0, 2.5))
                .isEqualTo(2);
    }

    @Test
    void withoutABonusItIsGreedy() {
        assertThat(choice(0, null, List.of(1L, 1_000L), 0.4, 0.5)).isOne();
    }

    @Test
    void everyActionIsTriedAgainInTheEnd() {
        long[] visits = {1, 1, 1};
        for (int i = 0; i < 20_000; i++) {
            visits[choice(0.5, null, Arrays.stream(visits).boxed().toList(), 0.0, 0.5, 1.0)]++;
        }
        // n of the worse ones grows like (c / gap)^2 ln N, which is 2.5 and 9.9 here.
        assertThat(visits[0]).isBetween(2L, 20L);
        assertThat(visits[1]).isBetween(5L, 40L);
    }

    @Test
    void theBonusMustNotBeNegative() {
        for (double wrong : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ActionSelector.ucb(wrong))
                    .withMessage("c must be finite and >= 0: got " + wrong);
        }
    }
}

package io.streamq.agent;

import static io.streamq.agent.PolicyUpdates.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.streamq.learning.ActionSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SoftmaxTest {
    private static final int DRAWS = 200_000;
    /** Five standard deviations of a frequency of about one half in that many draws. */
    private static final double CHANCE = 5 * 0.5 / Math.sqrt(DRAWS);

    private final SplittableRandom random = new SplittableRandom(42);

    private Decision select(ActionSelector selector, long[] legal, Double... qValues) {
        StatePolicy row = StatePolicy.of(update("s", 1, 9, 0, qValues));
        return selector.select(state -> row, "s", legal, qValues.length, random);
    }

    private double[] frequencies(ActionSelector selector, long[] legal, Double... qValues) {
        double[] frequencies = new double[qValues.length];
        for (int i = 0; i < DRAWS; i++) {
            frequencies[select(selector, legal, qValues).action()] += 1.0 / DRAWS;
        }
        return frequencies;
    }

    /** At temperature 2 the values 4, 1 and 2 weigh 1, e^-1.5 = 0.2231302 and e^-1 = 0.3678794, in all 1.5910096. */
    @Test
    void actionsAreDrawnByTheExponentialOfTheirValues() {
        double[] expected = {1 / 1.5910096, 0.2231302 / 1.5910096, 0.3678794 / 1.5910096};
        double[] frequencies = frequencies(ActionSelector.softmax(2), null, 4.0, 1.0, 2.0);
        for (int action = 0; action < 3; action++) {
            assertThat(frequencies[action]).isCloseTo(expected[action], within(CHANCE));
        }
        for (int i = 0; i < 100; i++) {
            Decision decision = select(ActionSelector.softmax(2), null, 4.0, 1.0, 2.0);
            assertThat(decision.behaviorProbability()).isCloseTo(expected[decision.action()], within(1e-7));
            assertThat(decision.policyVersion()).isEqualTo(9);
        }
    }

    @Test
    void onlyLegalActionsAreDrawn() {
        double[] frequencies = frequencies(ActionSelector.softmax(1), ActionSet.of(3, 1, 2), 1e6, 3.0, 3.0);
        assertThat(frequencies[0]).isZero();
        assertThat(frequencies[1]).isCloseTo(0.5, within(CHANCE));
        assertThat(frequencies[2]).isCloseTo(0.5, within(CHANCE));
    }

    @Test
    void aColdSoftmaxTakesTheBestForCertain() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(select(ActionSelector.softmax(1e-9), null, -1e300, 0.5, 1e300))
                    .isEqualTo(new Decision(2, 9, 1.0));
        }
    }

    @Test
    void theOnlyLegalActionIsCertain() {
        assertThat(select(ActionSelector.softmax(1), ActionSet.of(3, 1), 5.0, -7.0, 5.0))
                .isEqualTo(new Decision(1, 9, 1.0, List.of(1)));
    }

    @Test
    void anUnknownStateIsActedOnUniformlyAtRandom() {
        Decision decision = ActionSelector.softmax(1).select(state -> null, "s", ActionSet.of(4, 1, 3), 4, random);
        assertThat(decision.action()).isIn(1, 3);
        assertThat(decision.behaviorProbability()).isEqualTo(0.5);
        assertThat(decision.policyVersion()).isEqualTo(Decision.NO_VERSION);
    }

    @Test
    void aTemperatureMustBePositive() {
        for (double wrong : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ActionSelector.softmax(wrong))
                    .withMessage("temperature must be finite and > 0: got " + wrong);
        }
    }
}

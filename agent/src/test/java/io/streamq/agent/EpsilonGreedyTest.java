package io.streamq.agent;

import static io.streamq.agent.PolicyUpdates.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.streamq.learning.ActionSet;
import io.streamq.schemas.Experience;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EpsilonGreedyTest {
    private static final int DRAWS = 200_000;
    /** Five standard deviations of a frequency of about one half in that many draws. */
    private static final double CHANCE = 5 * 0.5 / Math.sqrt(DRAWS);

    private final SplittableRandom random = new SplittableRandom(42);
    private final StatePolicy row = StatePolicy.of(update("s", 1, 9, 2, 0.1, 0.3, 0.5, 0.2));
    private final Policy policy = state -> state.equals("s") ? row : null;

    @Test
    void greedyTakesTheAnnouncedActionForCertain() {
        Decision decision = ActionSelector.greedy().select(policy, "s", null, 4, random);
        assertThat(decision).isEqualTo(new Decision(2, 9, 1.0));
    }

    @Test
    void greedyTakesTheBestLegalActionIfTheAnnouncedOneIsIllegal() {
        Decision decision = ActionSelector.greedy().select(policy, "s", ActionSet.of(4, 0, 1, 3), 4, random);
        assertThat(decision).isEqualTo(new Decision(1, 9, 1.0, List.of(0, 1, 3)));
    }

    @Test
    void theAnnouncedActionStandsEvenIfAnotherHasAGreaterValue() {
        // A challenger within the policy's margin is not announced.
        StatePolicy incumbent = StatePolicy.of(update("s", 1, 9, 0, 0.49, 0.5));
        assertThat(ActionSelector.greedy()
                        .select(s -> incumbent, "s", null, 2, random)
                        .action())
                .isZero();
    }

    @Test
    void anUnknownStateIsActedOnUniformlyAtRandom() {
        double[] frequencies = frequencies(ActionSelector.greedy(), "unknown", ActionSet.of(4, 1, 3));
        assertThat(frequencies[0]).isZero();
        assertThat(frequencies[1]).isCloseTo(0.5, within(CHANCE));
        assertThat(frequencies[2]).isZero();
        assertThat(frequencies[3]).isCloseTo(0.5, within(CHANCE));
        assertThat(ActionSelector.greedy()
                        .select(policy, "unknown", ActionSet.of(4, 1, 3), 4, random)
                        .behaviorProbability())
                .isEqualTo(0.5);
    }

    @Test
    void behaviorProbabilitiesAreTheFrequenciesOfTheActions() {
        ActionSelector selector = ActionSelector.epsilonGreedy(0.2);
        double[] frequencies = frequencies(selector, "s", null);
        for (int i = 0; i < 100; i++) {
            Decision decision = selector.select(policy, "s", null, 4, random);
            assertThat(decision.policyVersion()).isEqualTo(9);
            assertThat(decision.behaviorProbability()).isEqualTo(decision.action() == 2 ? 0.2 / 4 + 0.8 : 0.2 / 4);
            assertThat(frequencies[decision.action()]).isCloseTo(decision.behaviorProbability(), within(CHANCE));
        }
    }

    @Test
    void onlyLegalActionsAreExplored() {
        double[] frequencies = frequencies(ActionSelector.epsilonGreedy(0.5), "s", ActionSet.of(4, 0, 3));
        assertThat(frequencies[0]).isCloseTo(0.25, within(CHANCE));
        assertThat(frequencies[1]).isZero();
        assertThat(frequencies[2]).isZero();
        assertThat(frequencies[3]).isCloseTo(0.75, within(CHANCE));
    }

    @Test
    void actionsBeyondTheFirstWordOfASetAreDrawn() {
        double[] frequencies = new double[130];
        long[] legal = ActionSet.of(130, 5, 64, 129);
        for (int i = 0; i < 300; i++) {
            frequencies[
                    ActionSelector.greedy()
                            .select(state -> null, "s", legal, 130, random)
                            .action()]++;
        }
        assertThat(frequencies[5] + frequencies[64] + frequencies[129]).isEqualTo(300);
        assertThat(frequencies[129]).isPositive();
    }

    @Test
    void anEmptyChoiceIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ActionSelector.greedy().select(policy, "s", ActionSet.of(4), 4, random));
    }

    @Test
    void epsilonIsAProbability() {
        assertThatIllegalArgumentException().isThrownBy(() -> ActionSelector.epsilonGreedy(1.1));
        assertThatIllegalArgumentException().isThrownBy(() -> ActionSelector.epsilonGreedy(Double.NaN));
    }

    @Test
    void aDecisionStampsItsGroundsOnTheExperience() {
        Experience.Builder step =
                Experience.newBuilder().setState("s").setReward(0).setTerminated(true);
        Experience known = new Decision(2, 9, 0.85).stamp(step).build();
        assertThat(known.getAction()).isEqualTo(2);
        assertThat(known.getPolicyVersion()).isEqualTo(9);
        assertThat(known.getBehaviorProbability()).isEqualTo(0.85);

        Experience unknown =
                new Decision(1, Decision.NO_VERSION, 0.25).stamp(step).build();
        assertThat(unknown.getPolicyVersion()).isNull();
    }

    @ParameterizedTest
    @MethodSource("selectors")
    void whatWasLegalIsStampedOnTheExperience(ActionSelector selector) {
        Experience.Builder step =
                Experience.newBuilder().setState("s").setReward(0).setTerminated(true);
        assertThat(selector.select(policy, "s", ActionSet.of(4, 3, 1), 4, random)
                        .stamp(step)
                        .build()
                        .getLegalActions())
                .containsExactly(1, 3);
        assertThat(selector.select(policy, "never seen", ActionSet.of(4, 2), 4, random)
                        .stamp(step)
                        .build()
                        .getLegalActions())
                .containsExactly(2);
        step.clearLegalActions();
        assertThat(selector.select(policy, "s", null, 4, random)
                        .stamp(step)
                        .build()
                        .getLegalActions())
                .isNull();
    }

    static Stream<ActionSelector> selectors() {
        return Stream.of(
                ActionSelector.greedy(),
                ActionSelector.epsilonGreedy(0.5),
                ActionSelector.softmax(1),
                ActionSelector.ucb(1));
    }

    private double[] frequencies(ActionSelector selector, String state, long[] legal) {
        double[] frequencies = new double[4];
        for (int i = 0; i < DRAWS; i++) {
            frequencies[selector.select(policy, state, legal, 4, random).action()] += 1.0 / DRAWS;
        }
        return frequencies;
    }
}

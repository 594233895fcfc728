package io.streamq.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What is optimal for somebody who explores. */
class BehaviourTest {
    private static final int UP = 0;
    private static final int RIGHT = 1;

    private final World lake = FrozenLake.slippery4x4();

    private static Solution explorers(World world, double epsilon) {
        return ValueIteration.solve(world.mdp(), world.discount(), new Behaviour.EpsilonGreedy(epsilon), 0);
    }

    @Test
    void theValueOfTheStartIsWhatAnEpsilonGreedyAgentEarnsWithTheSolution() {
        World patient = lake.withMaximumSteps(2_000);
        Solution solution = explorers(lake, 0.3);
        assertThat(ExpectedReturn.of(patient, solution.policy(), 0.3, lake.discount()))
                .isCloseTo(solution.startValue(), within(1e-9));
    }

    /** All 81 of them are tried. */
    @Test
    void noOtherPolicyEarnsMoreByActingEpsilonGreedilyOnIt() {
        World world = RandomMdp.garnet(4, 3, 2, 7).withMaximumSteps(1_000);
        double epsilon = 0.4;
        Solution solution = explorers(world, epsilon);
        double best = Double.NEGATIVE_INFINITY;
        for (int index = 0; index < 81; index++) {
            int[] policy = {index % 3, index / 3 % 3, index / 9 % 3, index / 27};
            best = Math.max(best, ExpectedReturn.of(world, policy, epsilon, world.discount()));
        }
        assertThat(best).isCloseTo(solution.startValue(), within(1e-9));
    }

    @Test
    void anExplorerKeepsAwayFromTheCliff() {
        World cliff = CliffWalking.world();
        Solution greedy = ValueIteration.solve(cliff.mdp(), cliff.discount());
        Solution exploring = explorers(cliff, 0.1);
        int besideTheCliff = 24;
        assertThat(greedy.policy()[besideTheCliff]).isEqualTo(RIGHT);
        assertThat(exploring.policy()[besideTheCliff]).isEqualTo(UP);
        assertThat(exploring.startValue()).isLessThan(greedy.startValue());
    }

    @Test
    void whoNeverExploresHasTheOptimumAndWhoOnlyExploresActsAtRandom() {
        assertThat(explorers(lake, 0).startValue())
                .isEqualTo(ValueIteration.solve(lake.mdp(), lake.discount()).startValue());
        int[] unknown = new int[lake.mdp().states()];
        Arrays.fill(unknown, ExpectedReturn.UNKNOWN);
        assertThat(explorers(lake, 1).startValue())
                .isCloseTo(ExpectedReturn.of(lake.withMaximumSteps(2_000), unknown, 0, lake.discount()), within(1e-12));
    }

    @Test
    void softmaxGoesFromRandomToGreedyAsItCools() {
        double hot = softmax(1e9).startValue();
        double warm = softmax(0.02).startValue();
        double cold = softmax(1e-6).startValue();
        assertThat(hot).isCloseTo(explorers(lake, 1).startValue(), within(1e-9));
        assertThat(cold).isCloseTo(explorers(lake, 0).startValue(), within(1e-5));
        assertThat(warm).isBetween(hot, cold);
    }

    private Solution softmax(double temperature) {
        return ValueIteration.solve(lake.mdp(), lake.discount(), new Behaviour.Softmax(temperature), 0);
    }

    /** exp(ln 3) = 3, so that probabilities are 1/4 and 3/4. */
    @Test
    void softmaxWeighsActionsByTheirExponentials() {
        Mdp mdp = Mdp.builder(1, 2)
                .transition(0, 0, 1, 0, 0, true)
                .transition(0, 1, 1, 0, 0, true)
                .build();
        assertThat(new Behaviour.Softmax(2).stateValue(mdp, 0, new double[] {1_000, 1_000 + 2 * Math.log(3)}))
                .isCloseTo(1_000 + 1.5 * Math.log(3), within(1e-12));
    }

    @Test
    void onlyLegalActionsCount() {
        Mdp mdp = Mdp.builder(1, 3)
                .transition(0, 0, 1, 0, 2, true)
                .transition(0, 2, 1, 0, 4, true)
                .build();
        double[] q = {2, Double.NEGATIVE_INFINITY, 4};
        assertThat(new Behaviour.EpsilonGreedy(0.5).stateValue(mdp, 0, q)).isEqualTo(3.5);
        assertThat(new Behaviour.Softmax(1e9).stateValue(mdp, 0, q)).isCloseTo(3, within(1e-8));
    }

    @Test
    void parametersOutsideTheirRangeAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Behaviour.EpsilonGreedy(1.1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Behaviour.Softmax(0));
    }
}

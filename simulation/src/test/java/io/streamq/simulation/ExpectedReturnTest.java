package io.streamq.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ExpectedReturnTest {
    private final World lake = FrozenLake.slippery4x4();
    private final int[] optimal = ValueIteration.solve(lake.mdp(), 1).policy();

    @Test
    void withoutTruncationTheOptimalPolicyEarnsTheValueOfTheStart() {
        World patient = lake.withMaximumSteps(100_000);
        assertThat(ExpectedReturn.of(
                        patient, ValueIteration.solve(lake.mdp(), 0.99).policy()))
                .isCloseTo(14.0 / 17, within(1e-9));
        assertThat(ExpectedReturn.of(
                        patient, ValueIteration.solve(lake.mdp(), 0.95).policy(), 0, 0.95))
                .isCloseTo(0.1804715784, within(1e-9));
    }

    @Test
    void truncationCostsWhatWouldHaveComeLater() {
        assertThat(ExpectedReturn.of(lake, optimal)).isBetween(0.7, 0.8);
        assertThat(ExpectedReturn.of(lake.withMaximumSteps(5), optimal)).isZero();
    }

    @Test
    void anOptimalCliffWalkerPaysForEveryStep() {
        World cliff = CliffWalking.world();
        assertThat(ExpectedReturn.of(
                        cliff, ValueIteration.solve(cliff.mdp(), 0.99).policy()))
                .isEqualTo(-13);
    }

    @Test
    void aRandomAgentHardlyEverCrossesTheLake() {
        // A known figure: about 1.4 % of random episodes reach the goal.
        assertThat(ExpectedReturn.of(lake, optimal, 1, 1)).isCloseTo(0.0139, within(0.0005));
    }

    @Test
    void whereNoActionIsKnownEveryOneIsEquallyLikely() {
        int[] unknown = new int[lake.mdp().states()];
        Arrays.fill(unknown, ExpectedReturn.UNKNOWN);
        assertThat(ExpectedReturn.of(lake, unknown)).isEqualTo(ExpectedReturn.of(lake, optimal, 1, 1));
    }

    @Test
    void whoActsByChanceEarnsTheValueOfTheFixedPointOfThatChance() {
        Behaviour.Softmax softmax = new Behaviour.Softmax(0.02);
        Solution fixed = ValueIteration.solve(lake.mdp(), 0.95, softmax, 0);
        double[][] probabilities = new double[lake.mdp().states()][];
        for (int state = 0; state < probabilities.length; state++) {
            double[] q = new double[lake.mdp().actions()];
            for (int action = 0; action < q.length; action++) {
                q[action] = fixed.q(state, action);
            }
            probabilities[state] = softmax.probabilities(lake.mdp(), state, q);
            assertThat(Arrays.stream(probabilities[state]).sum()).isCloseTo(1, within(1e-12));
        }
        assertThat(ExpectedReturn.of(lake.withMaximumSteps(3_000), probabilities, 0.95))
                .isCloseTo(fixed.startValue(), within(1e-9));
    }

    @Test
    void stepsThatAreTooLateToEarnAnythingAreCountedAllTheSame() {
        int[] towardsTheEdge = new int[CliffWalking.world().mdp().states()];
        ExpectedReturn.Expectation episode = ExpectedReturn.episode(CliffWalking.world(), towardsTheEdge, 0, 0.5);
        assertThat(episode.steps()).isEqualTo(1300);
        assertThat(ExpectedReturn.of(CliffWalking.world(), towardsTheEdge, 0, 0.5))
                .isCloseTo(episode.value(), within(1e-9));
    }

    @Test
    void anEpisodeTakesTheStepsThatItsPolicyNeeds() {
        World cliff = CliffWalking.world();
        int[] shortest = ValueIteration.solve(cliff.mdp(), 0.99).policy();
        assertThat(ExpectedReturn.episode(cliff, shortest, 0, 1).steps()).isEqualTo(13);
        assertThat(ExpectedReturn.episode(RandomMdp.garnet(5, 2, 2, 1), new int[5], 0.5, 1)
                        .steps())
                .isCloseTo(100, within(1e-9));
    }
}

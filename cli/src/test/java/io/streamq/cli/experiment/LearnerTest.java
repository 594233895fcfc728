package io.streamq.cli.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.streamq.simulation.FrozenLake;
import io.streamq.simulation.Solution;
import io.streamq.simulation.ValueIteration;
import io.streamq.simulation.World;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LearnerTest {
    private static final World LAKE = FrozenLake.slippery4x4().withMaximumSteps(3_000);

    static Stream<Learner> learners() {
        return Learner.all(0.1, 0.02).stream();
    }

    /** Greedily, what softmax converges to would be worth more. */
    @ParameterizedTest
    @MethodSource("learners")
    void aSolutionIsWorthItsOwnValueToWhoActsAsTheAlgorithmAssumes(Learner learner) {
        Solution solution = ValueIteration.solve(LAKE.mdp(), LAKE.discount(), learner.behaviour(), 0);
        assertThat(learner.worth(LAKE, solution)).isCloseTo(solution.startValue(), within(1e-9));
    }

    /** The solution of the linear equations of the random walk, in fractions. */
    @ParameterizedTest
    @MethodSource("learners")
    void whoHasReceivedNothingActsAtRandom(Learner learner) {
        assertThat(learner.worth(LAKE, state -> null)).isCloseTo(0.00776738424401229, within(1e-11));
    }
}

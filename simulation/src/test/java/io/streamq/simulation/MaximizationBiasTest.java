package io.streamq.simulation;

import static io.streamq.simulation.MaximizationBias.BEHIND;
import static io.streamq.simulation.MaximizationBias.LEFT;
import static io.streamq.simulation.MaximizationBias.RIGHT;
import static io.streamq.simulation.MaximizationBias.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class MaximizationBiasTest {
    private final World world = MaximizationBias.world();

    @Test
    void goingLeftIsAMistake() {
        Solution solution = ValueIteration.solve(world.mdp(), world.discount());
        assertThat(solution.q(START, LEFT)).isCloseTo(-0.1, within(1e-12));
        assertThat(solution.q(START, RIGHT)).isZero();
        assertThat(solution.policy()[START]).isEqualTo(RIGHT);
    }

    @Test
    void rewardsBehindHaveTheMeanAndTheVarianceOfTheBook() {
        List<Transition> outcomes = world.mdp().transitions(BEHIND, 7);
        double mean = 0;
        double square = 0;
        for (Transition outcome : outcomes) {
            mean += outcome.probability() * outcome.reward();
            square += outcome.probability() * outcome.reward() * outcome.reward();
        }
        assertThat(mean).isCloseTo(-0.1, within(1e-12));
        assertThat(square - mean * mean).isCloseTo(1, within(1e-12));
    }

    @Test
    void twoActionsAreLegalAtTheStartAndTenBehindIt() {
        assertThat(world.mdp().legalActions(START)).containsExactly(0b11L);
        assertThat(world.mdp().legalActions(BEHIND)).isNull();
    }

    @Test
    void anExplorerGoesLeftHalfTheTimeItExplores() {
        int[] right = {RIGHT, 0, 0};
        assertThat(ExpectedReturn.of(world, right, 0.1, 1)).isCloseTo(0.05 * -0.1, within(1e-12));
    }
}

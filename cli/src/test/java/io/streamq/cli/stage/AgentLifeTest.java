package io.streamq.cli.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.streamq.agent.ActionSelector;
import io.streamq.agent.Policy;
import io.streamq.agent.StatePolicy;
import io.streamq.schemas.PolicyUpdate;
import io.streamq.schemas.UpdateReason;
import io.streamq.simulation.Episode;
import io.streamq.simulation.FrozenLake;
import io.streamq.simulation.SimulatedAgent;
import io.streamq.simulation.Solution;
import io.streamq.simulation.StepBudget;
import io.streamq.simulation.ValueIteration;
import io.streamq.simulation.World;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class AgentLifeTest {
    private static final int AGENTS = 4;

    @Test
    void agentsThatDifferEarnOnAverageWhatIsExpectedOfThem() {
        World lake = FrozenLake.slippery4x4();
        Solution solution = ValueIteration.solve(lake.mdp(), lake.discount());
        EpsilonRange epsilon = new EpsilonRange(0.01, 0.5);
        List<Episode> finished = new ArrayList<>();
        for (int i = 0; i < AGENTS; i++) {
            SimulatedAgent.in(lake, experience -> {})
                    .following(optimal(solution), ActionSelector.epsilonGreedy(epsilon.of(i, AGENTS)))
                    .reportingTo(finished::add)
                    .spending(StepBudget.of(200_000))
                    .agent("agent-" + i, i)
                    .run();
        }
        double mean =
                finished.stream().mapToDouble(Episode::totalReward).average().orElseThrow();
        double best = new AgentFeed.Life(AGENTS, epsilon, 1, 1, 1).bestMeanReturn(lake, solution);
        assertThat(mean).isCloseTo(best, within(5 * 0.5 / Math.sqrt(finished.size())));
    }

    private static Policy optimal(Solution solution) {
        int[] actions = solution.policy();
        return state -> StatePolicy.of(PolicyUpdate.newBuilder()
                .setPolicyId("lake")
                .setState(state)
                .setAction(actions[Integer.parseInt(state)])
                .setValue(0)
                .setQValues(Collections.nCopies(4, 0.0))
                .setVisits(Collections.nCopies(4, 0L))
                .setUpdates(0)
                .setVersion(1)
                .setEpoch(1)
                .setReason(UpdateReason.FIRST)
                .setUpdatedAt(Instant.EPOCH)
                .build());
    }
}

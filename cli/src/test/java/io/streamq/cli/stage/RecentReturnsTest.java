package io.streamq.cli.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.cli.terminal.Terminal;
import io.streamq.simulation.Behaviour;
import io.streamq.simulation.CliffWalking;
import io.streamq.simulation.Episode;
import io.streamq.simulation.ExpectedReturn;
import io.streamq.simulation.Solution;
import io.streamq.simulation.ValueIteration;
import io.streamq.simulation.World;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class RecentReturnsTest {
    private final RecentReturns returns = new RecentReturns(-127.5);

    @Test
    void theMeanStandsBesideWhatItBecomesOnceTheGreedyPolicyIsOptimal() {
        returns.finished(new Episode("walker", 0, 10, -100, true));
        returns.finished(new Episode("walker", 1, 20, -200, true));
        assertThat(returns.phrase()).isEqualTo("  mean return -150.0000 (-127.5000 once optimal)");
        assertThat(returns.row()
                        .on(new Terminal(
                                new PrintWriter(new StringWriter()),
                                new PrintWriter(new StringWriter()),
                                false,
                                false,
                                80)))
                .contains("-150.0000", "last 2 episodes; -127.5000 once optimal");
    }

    /** So no number beside the mean may be called the optimum of agents that explore. */
    @Test
    void agentsThatExploreBesideTheCliffCouldEarnMoreThanTheGreedyOptimumGivesThem() {
        World cliff = CliffWalking.world();
        EpsilonRange epsilon = EpsilonRange.of(0.3);
        AgentFeed.Life life = new AgentFeed.Life(1, epsilon, 1, 1, 1);
        Solution greedy = ValueIteration.solve(cliff.mdp(), cliff.discount());
        Solution exploring = ValueIteration.solve(cliff.mdp(), cliff.discount(), new Behaviour.EpsilonGreedy(0.3), 0);
        assertThat(life.bestMeanReturn(cliff, greedy))
                .isLessThan(3 * ExpectedReturn.of(cliff, exploring.policy(), 0.3, 1));
    }
}

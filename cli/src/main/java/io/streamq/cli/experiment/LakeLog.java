package io.streamq.cli.experiment;

import io.streamq.agent.ExperiencePublisher;
import io.streamq.simulation.FrozenLake;
import io.streamq.simulation.SimulatedAgent;
import io.streamq.simulation.StepBudget;
import io.streamq.simulation.World;
import java.util.ArrayList;
import java.util.List;

/** The experience of uniformly random agents on the slippery FrozenLake 4x4, for several experiments. */
final class LakeLog {
    static final World WORLD = FrozenLake.slippery4x4();

    /** Per seed, so that its experience lies in several partitions. */
    private static final int AGENTS = 8;

    private LakeLog() {}

    /** The policy that learns from a seed's experience. */
    static String policyId(int seed) {
        return "seed-" + seed;
    }

    /** Writes the experience of some seeds, each for its own policy. */
    static String write(Laboratory laboratory, int firstSeed, int seeds, long experiences, Progress progress)
            throws InterruptedException {
        String log = laboratory.newLog();
        try (ExperiencePublisher publisher = laboratory.publisherTo(log)) {
            List<SimulatedAgent> agents = new ArrayList<>();
            for (int seed = firstSeed; seed < firstSeed + seeds; seed++) {
                SimulatedAgent.Builder description = SimulatedAgent.in(WORLD, publisher)
                        .learning(policyId(seed))
                        .spending(StepBudget.of(experiences));
                for (int agent = 0; agent < AGENTS; agent++) {
                    agents.add(description.agent("agent-" + seed + "-" + agent, seed * 1_000L + agent));
                }
            }
            Crowd.live(agents, seeds * experiences, progress);
        }
        return log;
    }
}

package io.streamq.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.streamq.agent.ExperiencePublisher;
import io.streamq.cli.replay.ExperienceLog;
import io.streamq.cli.replay.LoggedExperience;
import io.streamq.learning.QRow;
import io.streamq.simulation.Mdp;
import io.streamq.simulation.RandomMdp;
import io.streamq.simulation.SimulatedAgent;
import io.streamq.simulation.Solution;
import io.streamq.simulation.StepBudget;
import io.streamq.simulation.ValueIteration;
import io.streamq.simulation.World;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is learnt through a real broker and a real Flink runtime, held against exact solutions. */
class LearningKafkaITCase {
    private static final Path EXAMPLES = Path.of("..", "examples");

    @Test
    void theRecordedFrozenLakeIsLearntToItsOptimum() throws Exception {
        ExactOptimum optimum = ExactOptimum.read(EXAMPLES.resolve("frozen-lake-4x4.optimum.json"), 0.95);
        Map<String, QRow> table = learnt("frozen-lake-4x4.csv.gz", 400_000, Map.of("streamq.policy.discount", "0.95"));

        assertThat(table).hasSize(11);
        double worst = 0;
        for (Map.Entry<String, QRow> entry : table.entrySet()) {
            String state = stateOf(entry.getKey());
            for (int action = 0; action < 4; action++) {
                worst = Math.max(worst, Math.abs(entry.getValue().value(0, action) - optimum.q(state, action)));
            }
            assertThat(optimum.isOptimal(state, entry.getValue().greedyAction()))
                    .as("greedy action of state %s", state)
                    .isTrue();
        }
        assertThat(worst).as("max |Q - Q*|").isLessThan(0.06);
    }

    @Test
    void theRecordedCliffIsLearntToItsOptimalPolicy() throws Exception {
        ExactOptimum optimum = ExactOptimum.read(EXAMPLES.resolve("cliff-walking.optimum.json"), 0.99);
        Map<String, QRow> table = learnt(
                "cliff-walking.csv.gz",
                300_000,
                Map.of(
                        "streamq.policy.discount",
                        "0.99",
                        "streamq.policy.learning-rate.schedule",
                        "CONSTANT",
                        "streamq.policy.learning-rate.alpha",
                        "0.1"));

        assertThat(table).hasSize(37);
        table.forEach((key, row) -> assertThat(optimum.isOptimal(stateOf(key), row.greedyAction()))
                .as("greedy action of state %s", stateOf(key))
                .isTrue());
    }

    private static Map<String, QRow> learnt(String log, long experiences, Map<String, String> options)
            throws Exception {
        Map<String, String> all = new HashMap<>(options);
        all.put("streamq.policy.actions", "4");
        try (Pipeline pipeline = Pipeline.with(all)) {
            try (ExperiencePublisher publisher = pipeline.publisher();
                    ExperienceLog lines = ExperienceLog.open(EXAMPLES.resolve(log), warning -> {})) {
                while (lines.hasNext()) {
                    LoggedExperience line = (LoggedExperience) lines.next();
                    publisher.publish(line.experience());
                }
            }
            pipeline.awaitProcessed(experiences);
            Map<String, QRow> table = pipeline.table();
            assertThat(Pipeline.visits(table)).as("sum of visits").isEqualTo(experiences);
            assertThat(pipeline.job().metrics().deadLetters()).isZero();
            return table;
        }
    }

    private static String stateOf(String key) {
        return key.substring(key.indexOf('/') + 1);
    }

    /** Twenty policies at once, so that they also show that none disturbs another. */
    @Test
    void twentyRandomMdpsAreSolvedSideBySide() throws Exception {
        int worlds = 20;
        long stepsEach = 150_000;
        double discount = 0.8;
        try (Pipeline pipeline = Pipeline.with(
                Map.of("streamq.policy.actions", "3", "streamq.policy.discount", Double.toString(discount)))) {
            try (ExperiencePublisher publisher = pipeline.publisher()) {
                for (int seed = 0; seed < worlds; seed++) {
                    SimulatedAgent.in(world(seed), publisher)
                            .learning("garnet-" + seed)
                            .spending(StepBudget.of(stepsEach))
                            .agent("random", seed)
                            .run();
                }
            }
            pipeline.awaitProcessed(worlds * stepsEach);
            Map<String, QRow> table = pipeline.table();
            assertThat(Pipeline.visits(table)).isEqualTo(worlds * stepsEach);
            for (int seed = 0; seed < worlds; seed++) {
                requireSolved("garnet-" + seed, ValueIteration.solve(world(seed).mdp(), discount), table);
            }
        }
    }

    private static World world(int seed) {
        return RandomMdp.garnet(12, 3, 3, seed);
    }

    /** Values lie within +-5, and gaps are as small as chance makes them: an action 0.05 worse than the best counts as it. */
    private static void requireSolved(String policy, Solution solution, Map<String, QRow> table) {
        Mdp mdp = solution.mdp();
        for (int state = 0; state < mdp.states(); state++) {
            QRow row = table.get(policy + "/" + mdp.name(state));
            assertThat(row).as("%s, state %d", policy, state).isNotNull();
            assertThat(solution.isOptimal(state, row.greedyAction(), 0.05))
                    .as("%s, state %d: greedy action %d", policy, state, row.greedyAction())
                    .isTrue();
            for (int action = 0; action < mdp.actions(); action++) {
                assertThat(row.value(0, action))
                        .as("%s, state %d, action %d, %d visits", policy, state, action, row.visits(action))
                        .isCloseTo(solution.q(state, action), within(0.2));
            }
        }
    }
}

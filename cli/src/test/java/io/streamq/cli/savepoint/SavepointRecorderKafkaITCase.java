package io.streamq.cli.savepoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Writes the savepoints of this release, which every later one must restore. Part of making a release, as CONTRIBUTING.md tells;
 * not run otherwise.
 */
@EnabledIfSystemProperty(named = SavepointRecorderKafkaITCase.RELEASE, matches = ".+")
class SavepointRecorderKafkaITCase {
    static final String RELEASE = "streamq.savepoint.release";

    private static final long EXPERIENCES = 20_000;
    private static final long LARGEST_BYTES = 200_000;

    /**
     * What is recorded of each release.
     *
     * @param options beside the common ones
     * @param policies that are configured while the job runs, and their settings
     * @param frozen those of them that are frozen when they have learnt
     */
    private record Configuration(
            String folder, Map<String, String> options, Map<String, List<String>> policies, Set<String> frozen) {
        static Configuration ofOptions(String folder, Map<String, String> options) {
            return new Configuration(folder, options, Map.of(), Set.of());
        }

        SortedMap<String, String> allOptions() {
            SortedMap<String, String> all = new TreeMap<>(Map.of(
                    "streamq.policy.actions", "4",
                    "streamq.policy.discount", "0.95",
                    "streamq.job.parallelism", "2",
                    "streamq.job.max-parallelism", "128"));
            all.putAll(options);
            return all;
        }
    }

    /** Whatever keeps state in a way of its own deserves a line. */
    static List<Configuration> configurations() {
        return List.of(
                Configuration.ofOptions("q-learning", Map.of()),
                Configuration.ofOptions("double-q-learning", Map.of("streamq.policy.algorithm", "DOUBLE_Q_LEARNING")),
                new Configuration(
                        "configured",
                        Map.of(),
                        Map.of(
                                "doubled",
                                List.of(
                                        "actions=4",
                                        "algorithm.kind=DOUBLE_Q_LEARNING",
                                        "learningRate.schedule=CONSTANT",
                                        "learningRate.alpha=0.05",
                                        "limits.duplicateWindow=4"),
                                "frozen",
                                List.of("actions=4", "discount=0.9")),
                        Set.of("frozen")));
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void keepASavepoint(Configuration recorded) throws Exception {
        KeptSavepoint kept = new KeptSavepoint(
                KeptSavepoint.ROOT.resolve(System.getProperty(RELEASE)).resolve(recorded.folder));
        try (RecordedLake lake = RecordedLake.open()) {
            lake.learn(recorded.allOptions(), "hashmap", null);
            recorded.policies.forEach((policy, settings) -> lake.configure("set", policy, settings));
            Set<String> policies = new TreeSet<>(recorded.policies.keySet());
            policies.add(RecordedLake.POLICY);
            lake.publish(EXPERIENCES, policies);
            lake.awaitProcessed(EXPERIENCES * policies.size());
            recorded.frozen.forEach(policy -> lake.configure("freeze", policy, List.of()));
            Path savepoint = lake.savepoint();
            KeptSavepoint.Expected expected = KeptSavepoint.Expected.of(recorded.allOptions(), EXPERIENCES, savepoint);
            assertThat(expected.policies()).isEqualTo(policies);
            assertThat(expected.countVisits()).isEqualTo(EXPERIENCES * policies.size());
            kept.keep(savepoint, expected);
        }
        try (Stream<Path> files = Files.list(kept.folder())) {
            assertThat(files.mapToLong(file -> file.toFile().length()).sum()).isLessThan(LARGEST_BYTES);
        }
    }
}

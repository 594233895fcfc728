package io.streamq.cli.savepoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.cli.QTableReader;
import io.streamq.learning.QRow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
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

    /** What is recorded of each release: a folder, and options beside the common ones. */
    private record Configuration(String folder, Map<String, String> options) {
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
                new Configuration("q-learning", Map.of()),
                new Configuration("double-q-learning", Map.of("streamq.policy.algorithm", "DOUBLE_Q_LEARNING")));
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void keepASavepoint(Configuration recorded) throws Exception {
        KeptSavepoint kept = new KeptSavepoint(
                KeptSavepoint.ROOT.resolve(System.getProperty(RELEASE)).resolve(recorded.folder));
        try (RecordedLake lake = RecordedLake.open()) {
            lake.publish(EXPERIENCES);
            lake.learn(recorded.allOptions(), "hashmap", null);
            lake.awaitApplied(EXPERIENCES);
            Path savepoint = lake.savepoint();
            Map<String, QRow> table = QTableReader.read(savepoint);
            assertThat(table.values().stream().mapToLong(QRow::updates).sum()).isEqualTo(EXPERIENCES);
            kept.keep(
                    savepoint,
                    new KeptSavepoint.Expected(recorded.allOptions(), EXPERIENCES, KeptSavepoint.rows(table)));
        }
        try (Stream<Path> files = Files.list(kept.folder())) {
            assertThat(files.mapToLong(file -> file.toFile().length()).sum()).isLessThan(LARGEST_BYTES);
        }
    }
}

package io.streamq.cli.savepoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.util.FileUtils;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Savepoints of earlier releases, restored by the job as it is now. */
class KeptSavepointKafkaITCase {
    private static final long MORE_EXPERIENCES = 5_000;

    /** The heap holds them all; RocksDB what came first, as both read one format. */
    static Stream<Arguments> savepointsAndBackends() throws Exception {
        List<KeptSavepoint> all = KeptSavepoint.all();
        assertThat(all).isNotEmpty();
        return Stream.concat(
                all.stream().map(savepoint -> Arguments.of(savepoint, "hashmap")),
                all.stream().limit(1).map(savepoint -> Arguments.of(savepoint, "rocksdb")));
    }

    @ParameterizedTest(name = "{0} into {1}")
    @MethodSource("savepointsAndBackends")
    void tableAndConfigurationsAreRestoredBitForBitAndLearningGoesOn(
            KeptSavepoint kept, String stateBackend, @TempDir Path elsewhere) throws Exception {
        KeptSavepoint.Expected expected = kept.expected();
        Path savepoint = elsewhere.resolve("savepoint");
        FileUtils.copy(
                new org.apache.flink.core.fs.Path(kept.folder().toUri()),
                new org.apache.flink.core.fs.Path(savepoint.toUri()),
                false);
        try (RecordedLake lake = RecordedLake.open()) {
            lake.publish(expected.experiences(), expected.policies());
            lake.passOverControls(expected.controls());
            lake.learn(expected.options(), stateBackend, savepoint);

            KeptSavepoint.Expected restored = content(lake, expected);
            assertThat(restored).isEqualTo(expected);

            lake.publish(MORE_EXPERIENCES, expected.policies());
            lake.awaitProcessed(MORE_EXPERIENCES * expected.policies().size());
            KeptSavepoint.Expected learnt = content(lake, expected);
            assertThat(learnt.countVisits())
                    .as("visits")
                    .isEqualTo(expected.countVisits()
                            + MORE_EXPERIENCES * expected.learners().size());
            assertThat(learnt.rows()).allSatisfy((key, row) -> {
                KeptSavepoint.Row before = expected.rows().get(key);
                assertThat(before).as("every state was known").isNotNull();
                assertThat(row.version()).isGreaterThan(before.version());
                assertThat(row.epoch()).isGreaterThan(before.epoch());
            });
        }
    }

    private static KeptSavepoint.Expected content(RecordedLake lake, KeptSavepoint.Expected expected) throws Exception {
        return KeptSavepoint.Expected.of(expected.options(), expected.experiences(), lake.savepoint());
    }
}

package io.streamq.job.learn;

import static io.streamq.job.learn.ShardHarness.last;
import static io.streamq.job.policy.PolicyConfigs.control;
import static io.streamq.job.policy.PolicyConfigs.halfway;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.job.options.JobOptions.Policies;
import io.streamq.job.record.ControlStatus;
import io.streamq.job.record.PolicyControl;
import io.streamq.job.record.StateKey;
import io.streamq.learning.QRow;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether snapshots are compressed may change from one to the next: each says what it is. */
class SnapshotCompressionHarnessTest {
    private static final int STATES = 100;
    /** What a compressed part of a snapshot begins with. */
    private static final String SNAPPY = "sNaPpY";

    private static ShardHarness shard(List<PolicyControl> initial, Backend backend, boolean compressed)
            throws Exception {
        ShardHarness shard = new ShardHarness(new Policies(null, 1000), initial, backend);
        shard.learn.getExecutionConfig().setUseSnapshotCompression(compressed);
        return shard;
    }

    @ParameterizedTest
    @CsvSource({
        "HASHMAP, HASHMAP, true, false",
        "HASHMAP, HASHMAP, false, true",
        "ROCKSDB, ROCKSDB, true, false",
        "ROCKSDB, ROCKSDB, false, true",
        "HASHMAP, ROCKSDB, true, false",
        "ROCKSDB, HASHMAP, false, true"
    })
    void tableAndConfigurationsAreRestoredWhenCompressionChanges(
            Backend from, Backend to, boolean compressed, boolean compressedThen) throws Exception {
        Map<StateKey, QRow> before;
        OperatorSubtaskState snapshot;
        try (ShardHarness shard =
                shard(List.of(control("p", halfway())), from, compressed).open()) {
            for (int state = 0; state < STATES; state++) {
                shard.learn(last("s" + state, 0, state));
            }
            before = shard.rows();
            snapshot = shard.savepoint();
        }
        assertThat(text(snapshot.getManagedKeyedState().iterator().next()).contains(SNAPPY))
                .as("rows are compressed")
                .isEqualTo(compressed);
        assertThat(text(snapshot.getManagedOperatorState().iterator().next()).contains(SNAPPY))
                .as("configurations are compressed")
                .isEqualTo(compressed);
        try (ShardHarness shard = shard(List.of(), to, compressedThen).open(snapshot)) {
            assertThat(shard.rows()).hasSize(STATES).isEqualTo(before);
            assertThat(shard.statuses()).extracting(ControlStatus::policyId).containsExactly("p");
        }
    }

    private static String text(Object handle) throws IOException {
        try (InputStream bytes = ((StreamStateHandle) handle).openInputStream()) {
            return new String(bytes.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}

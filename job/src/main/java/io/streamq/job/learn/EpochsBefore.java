package io.streamq.job.learn;

import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeutils.base.LongSerializer;

/**
 * The epochs of the attempt that took a snapshot (ADR 0003). Rows hold the epoch of their announcement, but a tombstone sent in one may be
 * all that agents know of a row. States move between shards, so each shard sees those of all. Confined to LEARN's thread.
 */
final class EpochsBefore {
    private static final ListStateDescriptor<Long> EPOCHS =
            new ListStateDescriptor<>("epochs", LongSerializer.INSTANCE);

    private final ListState<Long> state;

    EpochsBefore(OperatorStateStore store) throws Exception {
        state = store.getUnionListState(EPOCHS);
    }

    /** The greatest; 0 without a snapshot, or if it has none. */
    long greatest() throws Exception {
        long greatest = 0;
        for (long epoch : state.get()) {
            greatest = Math.max(greatest, epoch);
        }
        return greatest;
    }

    /** Call before each snapshot. */
    void save(long epoch) throws Exception {
        state.update(List.of(epoch));
    }
}

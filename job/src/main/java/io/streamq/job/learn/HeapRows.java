package io.streamq.job.learn;

import io.streamq.job.record.StateKey;
import io.streamq.learning.QRow;
import java.io.IOException;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.apache.flink.api.common.state.ValueState;

/**
 * Rows of the heap backend, which hands out the row itself: it is kept by being changed. As long as a snapshot still needs the old row,
 * the backend must be asked again, and hands out a copy that it keeps.
 */
final class HeapRows implements RowStore {
    private final ValueState<QRow> state;
    private final SuccessorView view;
    /** Snapshots that may still be being written. */
    private final Set<Long> unwritten = new HashSet<>();

    HeapRows(ValueState<QRow> state, SuccessorView view) {
        this.state = state;
        this.view = view;
    }

    @Override
    public QRow get(StateKey key, int slot) throws IOException {
        RowCache cache = view.rows();
        QRow row = cache.get(slot);
        if (row == null || !(unwritten.isEmpty() || cache.isSinceLastSnapshot(slot))) {
            row = Objects.requireNonNull(state.value());
            cache.put(slot, row);
        }
        return row;
    }

    @Override
    public void put(StateKey key, int slot, QRow row) throws IOException {
        state.update(row);
        view.rows().put(slot, row);
    }

    @Override
    public void changed(StateKey key) {}

    @Override
    public void remove(StateKey key, int slot) {
        view.rows().put(slot, null);
        state.clear();
    }

    @Override
    public void snapshotBegins(long checkpointId) {
        unwritten.add(checkpointId);
        view.rows().snapshotBegins();
    }

    @Override
    public void snapshotEnded(long checkpointId) {
        unwritten.remove(checkpointId);
    }
}

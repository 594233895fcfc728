package io.streamq.job.learn;

import io.streamq.job.record.KeyWords;
import io.streamq.job.record.StateKey;
import io.streamq.learning.QRow;
import java.io.IOException;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.flink.api.common.state.ValueState;

/**
 * Rows of the heap backend, which hands out the row itself: it is kept by being changed. As long as a snapshot still needs the old row,
 * the backend must be asked again, and hands out a copy that it keeps.
 */
final class HeapRows implements RowStore {
    private final ValueState<QRow> state;
    private final Consumer<StateKey> select;
    private final SuccessorView view;
    /** Kept only so that no compiler finds loading pointless. */
    @SuppressWarnings("unused")
    private double loaded;

    /** Snapshots that may still be being written. */
    private final Set<Long> unwritten = new HashSet<>();

    /** @param select selects a key in the backend */
    HeapRows(ValueState<QRow> state, Consumer<StateKey> select, SuccessorView view) {
        this.select = select;
        this.state = state;
        this.view = view;
    }

    @Override
    public QRow get(KeyWords key, int slot) throws IOException {
        RowCache cache = view.rows();
        QRow row = cache.get(slot);
        if (row == null || !(unwritten.isEmpty() || cache.isSinceLastSnapshot(slot))) {
            select.accept(key.toKey());
            row = Objects.requireNonNull(state.value());
            cache.put(slot, row);
        }
        return row;
    }

    @Override
    public void prefetch(int[] slots, int count) {
        RowCache cache = view.rows();
        double sum = 0;
        for (int i = 0; i < count; i++) {
            if (slots[i] >= 0) {
                sum += cache.prefetch(slots[i]);
            }
        }
        for (int i = 0; i < count; i++) {
            QRow row = slots[i] < 0 ? null : cache.get(slots[i]);
            if (row != null) {
                sum += row.version();
            }
        }
        for (int i = 0; i < count; i++) {
            QRow row = slots[i] < 0 ? null : cache.get(slots[i]);
            if (row != null) {
                sum += row.prefetch();
            }
        }
        loaded = sum;
    }

    @Override
    public void put(StateKey key, int slot, QRow row) throws IOException {
        select.accept(key);
        state.update(row);
        view.rows().put(slot, row);
    }

    @Override
    public void changed(KeyWords key) {}

    @Override
    public void remove(StateKey key, int slot) {
        view.rows().put(slot, null);
        select.accept(key);
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

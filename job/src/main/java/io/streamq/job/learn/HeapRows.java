package io.streamq.job.learn;

import io.streamq.job.record.StateKey;
import io.streamq.learning.QRow;
import java.io.IOException;
import java.util.Objects;
import org.apache.flink.api.common.state.ValueState;

/**
 * Rows of the heap backend, which hands out the row itself: it is kept by being changed. While a snapshot still needs the old row, the
 * backend hands out a copy that it keeps.
 */
final class HeapRows implements RowStore {
    private final ValueState<QRow> state;
    private final SuccessorView view;
    private int snapshots;

    HeapRows(ValueState<QRow> state, SuccessorView view) {
        this.state = state;
        this.view = view;
    }

    @Override
    public QRow get(StateKey key, int slot) throws IOException {
        QRow row = view.rows().get(slot, snapshots);
        if (row == null) {
            row = Objects.requireNonNull(state.value());
            view.rows().put(slot, row, snapshots);
        }
        return row;
    }

    @Override
    public void put(StateKey key, int slot, QRow row) throws IOException {
        state.update(row);
        view.rows().put(slot, row, snapshots);
    }

    @Override
    public void changed(StateKey key) {}

    @Override
    public void remove(StateKey key, int slot) {
        view.rows().put(slot, null, snapshots);
        state.clear();
    }

    @Override
    public void snapshotBegins() {
        snapshots++;
    }
}

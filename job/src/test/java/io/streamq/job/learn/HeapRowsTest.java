package io.streamq.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.job.record.StateKey;
import io.streamq.learning.BootstrapChoice;
import io.streamq.learning.QRow;
import org.apache.flink.api.common.state.ValueState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What its rows are worth in a snapshot is {@link SnapshotHarnessTest}'s concern; here it is how often the backend is asked. */
class HeapRowsTest {
    private static final StateKey KEY = StateKey.of("p", "s");

    private final SuccessorView view = new SuccessorView();
    private final Asked state = new Asked();
    private final HeapRows rows = new HeapRows(state, key -> {}, view);
    private int slot;

    /** State of one key. */
    private static final class Asked implements ValueState<QRow> {
        QRow row;
        int times;

        @Override
        public QRow value() {
            times++;
            return row;
        }

        @Override
        public void update(QRow updated) {
            row = updated;
        }

        @Override
        public void clear() {
            row = null;
        }
    }

    @BeforeEach
    void aRowIsThere() throws Exception {
        slot = view.add(KEY, 0, BootstrapChoice.ONLY, new double[] {0}, 1);
        rows.put(KEY, slot, QRow.untouched(1, 2, 0));
    }

    private int timesAsked(int gets) throws Exception {
        int before = state.times;
        for (int i = 0; i < gets; i++) {
            assertThat(rows.get(KEY, slot)).isSameAs(state.row);
        }
        return state.times - before;
    }

    @Test
    void theBackendIsNotAskedForARowThatItWasGiven() throws Exception {
        assertThat(timesAsked(3)).isZero();
    }

    @Test
    void theBackendIsAskedOnceWhileASnapshotIsWritten() throws Exception {
        rows.snapshotBegins(7);
        state.row = state.row.copy(); // that the backend keeps
        assertThat(timesAsked(3)).isOne();
        rows.snapshotBegins(8);
        assertThat(timesAsked(3)).isOne();
    }

    @Test
    void theBackendIsNotAskedOnceAllSnapshotsHaveEnded() throws Exception {
        rows.snapshotBegins(7);
        rows.snapshotBegins(8);
        rows.snapshotEnded(8);
        assertThat(timesAsked(1)).isOne();
        rows.snapshotBegins(9);
        rows.snapshotEnded(7);
        rows.snapshotEnded(9);
        assertThat(timesAsked(3)).isZero();
    }
}

package io.streamq.job.learn;

import io.streamq.job.record.RecordType;
import io.streamq.job.record.RowPage;
import io.streamq.job.record.StateKey;
import io.streamq.learning.QRow;
import java.io.IOException;
import java.util.function.BiConsumer;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;

/** The rows in a snapshot of LEARN, whichever state backend wrote it: for a function of Flink's state processor. */
public final class SavedRows {
    /** Rows by key, as RocksDB keeps them. */
    static final ValueStateDescriptor<QRow> ROWS = new ValueStateDescriptor<>("q-table", RecordType.Q_ROW);

    /** Pages by the key of their first row, as the heap backend keeps them. */
    static final ValueStateDescriptor<RowPage> PAGES = new ValueStateDescriptor<>("q-table-pages", RecordType.ROW_PAGE);

    private final ValueState<QRow> rows;
    private final ValueState<RowPage> pages;

    /** Create it when the function is opened. */
    public SavedRows(RuntimeContext context) {
        rows = context.getState(ROWS);
        pages = context.getState(PAGES);
    }

    /**
     * Visits the rows stored under the current key, perhaps several of other keys. The row passed is reused for the next.
     *
     * @param key the current one
     */
    public void forEach(StateKey key, BiConsumer<StateKey, QRow> visitor) throws IOException {
        QRow row = rows.value();
        if (row != null) {
            visitor.accept(key, row);
        }
        RowPage page = pages.value();
        if (page != null) {
            page.forEach(visitor);
        }
    }
}

package io.streamq.job.record;

import io.streamq.learning.QRow;
import io.streamq.learning.QRows;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.BiConsumer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Some rows of one key group and one shape with their keys, as the heap backend keeps them: under the key of the first (ADR 0012).
 * Mutable and owned by one thread.
 */
public final class RowPage {
    /** The most rows of a page. Snapshots hold pages of as many: this may grow, and {@link #MOST_WORDS}, and never shrink. */
    public static final int MOST_ROWS = 32;

    /** A page is copied as a whole when one of its rows is wanted while a snapshot is written, so wide rows share less of one. */
    private static final int MOST_WORDS = 1024;

    private final QRows rows;
    /** Two of each short key. */
    private long[] keyWords;
    /** The long keys at their rows' indices; {@code null} as long as there are none. */
    private @Nullable StateKey @Nullable [] longKeys;

    /**
     * A page of one row.
     *
     * @param room for how many rows; beyond them it grows
     */
    public RowPage(StateKey key, QRow row, int room) {
        this(new QRows(row.tables(), row.actions(), room), new long[2 * room]);
        add(key, row);
    }

    private RowPage(QRows rows, long[] keyWords) {
        this.rows = rows;
        this.keyWords = keyWords;
    }

    /**
     * A page from its parts.
     *
     * @param rows as many as there is room for
     */
    static RowPage of(QRows rows, StateKey[] keys) {
        RowPage page = new RowPage(rows, new long[2 * keys.length]);
        for (int index = 0; index < keys.length; index++) {
            page.setKey(index, keys[index]);
        }
        return page;
    }

    public QRows rows() {
        return rows;
    }

    public int size() {
        return rows.size();
    }

    /** The most rows of a shape on a page, at least one. */
    public static int mostRows(int tables, int actions) {
        return Math.max(1, Math.min(MOST_WORDS / QRows.stride(tables, actions), MOST_ROWS));
    }

    /** Whether it has as many rows as it may. */
    public boolean isFull() {
        return size() >= mostRows(rows.tables(), rows.actions());
    }

    public StateKey key(int index) {
        StateKey longKey = longKeys == null ? null : longKeys[index];
        return longKey == null ? StateKey.inline(keyWords[2 * index], keyWords[2 * index + 1]) : longKey;
    }

    /** Writes a key as {@link StateKeySerializer} does, a short one without making it. */
    void writeKey(int index, DataOutputSerializer target) throws IOException {
        long first = keyWords[2 * index];
        long second = keyWords[2 * index + 1];
        if (longKeys == null || longKeys[index] == null) {
            int length = KeyWords.length(first, second);
            RecordSerializer.writeVarLong(length, target);
            int start = target.length();
            target.writeLong(first);
            target.writeLong(second);
            target.setPosition(start + length); // fillers stand behind
        } else {
            StateKeySerializer.INSTANCE.serialize(key(index), target);
        }
    }

    /** Shows all rows. The one shown is another one afterwards. */
    public void forEach(BiConsumer<StateKey, QRow> visitor) {
        QRow each = QRow.at(rows, 0);
        for (int index = 0; index < size(); index++) {
            each.moveTo(index);
            visitor.accept(key(index), each);
        }
    }

    /** Adds a row. A {@link QRow} made before, and the given one, are not to be used any more. */
    public void add(StateKey key, QRow row) {
        if (size() == rows.room()) {
            int room = Math.min(Math.max(1, 2 * size()), mostRows(rows.tables(), rows.actions()));
            rows.reserve(room);
            keyWords = Arrays.copyOf(keyWords, 2 * room);
            if (longKeys != null) {
                longKeys = Arrays.copyOf(longKeys, room);
            }
        }
        rows.add(row);
        setKey(size() - 1, key);
    }

    /** Puts another row in the place of one. A {@link QRow} made before, and the given one, are not to be used any more. */
    public void set(int index, StateKey key, QRow row) {
        rows.set(index, row);
        setKey(index, key);
    }

    private void setKey(int index, StateKey key) {
        if (key.isInline()) {
            keyWords[2 * index] = key.first();
            keyWords[2 * index + 1] = key.second();
            forgetLongKey(index);
        } else {
            if (longKeys == null) {
                longKeys = new StateKey[rows.room()];
            }
            longKeys[index] = key;
        }
    }

    private void forgetLongKey(int index) {
        if (longKeys != null) {
            longKeys[index] = null;
        }
    }

    /** Removes the last row, which stands alone then. */
    public QRow takeLast() {
        forgetLongKey(size() - 1);
        return rows.takeLast();
    }

    /** The same rows, shared with nobody. */
    RowPage copy() {
        RowPage copy = new RowPage(rows.copy(), keyWords.clone());
        copy.longKeys = longKeys == null ? null : longKeys.clone();
        return copy;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        if (!(other instanceof RowPage that) || !rows.equals(that.rows)) {
            return false;
        }
        for (int row = 0; row < size(); row++) {
            if (!key(row).equals(that.key(row))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        return rows.hashCode();
    }

    @Override
    public String toString() {
        return "RowPage{first key=" + key(0) + ", " + rows + '}';
    }
}

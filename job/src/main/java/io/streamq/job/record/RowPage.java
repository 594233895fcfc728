package io.streamq.job.record;

import io.streamq.learning.QRow;
import io.streamq.learning.QRows;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one key group and one shape with their keys, as the heap backend keeps them under the key of the first row (ADR 0012). Mutable
 * and not thread-safe.
 */
public final class RowPage {
    /** Most rows per page. Snapshots hold pages this large, so it and {@link #MOST_WORDS} may grow but never shrink. */
    public static final int MOST_ROWS = 32;

    /** A page is copied whole when one of its rows is accessed during a snapshot, so fewer wide rows share one. */
    private static final int MOST_WORDS = 1024;

    private final QRows rows;
    /** Two per row, for short keys. */
    private long[] keyWords;
    /** The long keys by row index; {@code null} until there is one. */
    private @Nullable StateKey @Nullable [] longKeys;
    /** Whether a copy has the same keys. */
    private boolean sharesKeys;

    /**
     * A page with one row.
     *
     * @param room initial capacity in rows
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
     * @param rows as many as its capacity
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

    /** The most rows of a shape per page, at least one. */
    public static int mostRows(int tables, int actions) {
        return Math.max(1, Math.min(MOST_WORDS / QRows.stride(tables, actions), MOST_ROWS));
    }

    /**
     * Checks a number of rows read from a snapshot.
     *
     * @throws IOException if no page of this release has so many
     */
    static void requireSize(int size, int tables, int actions) throws IOException {
        if (size < 1 || size > mostRows(tables, actions)) {
            throw new IOException("a page has 1 to " + mostRows(tables, actions) + " rows of " + actions
                    + " actions in " + tables + " table(s): got " + size
                    + "; was the snapshot written by a later release of StreamQ?");
        }
    }

    /** Whether it holds the most rows allowed. */
    public boolean isFull() {
        return size() >= mostRows(rows.tables(), rows.actions());
    }

    public StateKey key(int index) {
        StateKey longKey = longKey(index);
        return longKey == null ? StateKey.inline(firstWord(index), secondWord(index)) : longKey;
    }

    /** The row's key if it is too long for two words; otherwise {@code null}. */
    @Nullable
    StateKey longKey(int index) {
        return longKeys == null ? null : longKeys[index];
    }

    /** The first word of a short key. */
    long firstWord(int index) {
        return keyWords[2 * index];
    }

    /** Its second word. */
    long secondWord(int index) {
        return keyWords[2 * index + 1];
    }

    /** Visits all rows, moving one {@link QRow} over them. */
    public void forEach(BiConsumer<StateKey, QRow> visitor) {
        QRow each = QRow.at(rows, 0);
        for (int index = 0; index < size(); index++) {
            each.moveTo(index);
            visitor.accept(key(index), each);
        }
    }

    /** Appends a row. Invalidates every {@link QRow} made before, and the given one. */
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

    /** Overwrites a row. Invalidates every {@link QRow} made before, and the given one. */
    public void set(int index, StateKey key, QRow row) {
        rows.set(index, row);
        setKey(index, key);
    }

    private void setKey(int index, StateKey key) {
        ownKeys();
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
            ownKeys();
            longKeys[index] = null;
        }
    }

    private void ownKeys() {
        if (sharesKeys) {
            keyWords = keyWords.clone();
            longKeys = longKeys == null ? null : longKeys.clone();
            sharesKeys = false;
        }
    }

    /** Removes and returns the last row, detached. */
    public QRow takeLast() {
        forgetLongKey(size() - 1);
        return rows.takeLast();
    }

    /** A copy of its own, except that keys are shared until either changes them: they rarely do, and a snapshot needs a copy of each page. */
    RowPage copy() {
        RowPage copy = new RowPage(rows.copy(), keyWords);
        copy.longKeys = longKeys;
        copy.sharesKeys = true;
        sharesKeys = true;
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

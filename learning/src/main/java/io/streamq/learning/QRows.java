package io.streamq.learning;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one shape, side by side in one array: for millions of rows, each object costs memory, GC time and cache misses. A {@link QRow}
 * reads and changes one of them in place. Mutable and not thread-safe.
 *
 * <p>A row takes {@link #stride()} words of 64 bits, stored as doubles:
 *
 * <table>
 * <caption>Words of a row</caption>
 * <tr><td>0, a long's bits</td><td>version times 2^17, plus the incumbent greedy action + 1</td></tr>
 * <tr><td>1, a long's bits</td><td>epoch of the last announcement, times 2^16, plus the greedy action in it</td></tr>
 * <tr><td>2</td><td>the greedy action's value in the last announcement; NaN before the first</td></tr>
 * <tr><td>3 + 2 e</td><td>value of entry e = table * actions + action</td></tr>
 * <tr><td>4 + 2 e</td><td>experiences applied to entry e, the n of the learning rates; a double counts exactly to 2^53</td></tr>
 * </table>
 */
public final class QRows {
    static final int VERSION_AND_GREEDY = 0;
    static final int EPOCH_AND_ANNOUNCED = 1;
    static final int ANNOUNCED_VALUE = 2;
    /** Where the entries begin. Value and count are adjacent: an update needs both, and its time goes into cache misses. */
    public static final int CELLS = 3;

    private final int tables;
    private final int actions;
    private final int stride;

    private int size;
    double[] words;

    @Nullable
    RowExtras @Nullable [] extras;

    /** No rows, with this capacity. */
    public QRows(int tables, int actions, int room) {
        this(tables, actions, 0, new double[room * stride(tables, actions)]);
    }

    private QRows(int tables, int actions, int size, double[] words) {
        this.tables = tables;
        this.actions = actions;
        this.stride = stride(tables, actions);
        this.size = size;
        this.words = words;
    }

    /**
     * Rows from their words, laid out as in {@link #words()}.
     *
     * @param words kept, not copied
     * @throws IllegalArgumentException if their number does not match
     */
    public static QRows of(int tables, int actions, int size, double[] words) {
        QRows rows = new QRows(tables, actions, size, words);
        if (words.length != size * rows.stride) {
            throw new IllegalArgumentException("the rows must have rows * (3 + 2 * tables * actions) words: rows="
                    + size + " tables=" + tables + " actions=" + actions + " words=" + words.length);
        }
        return rows;
    }

    /** Words per row of that shape. */
    public static int stride(int tables, int actions) {
        return CELLS + 2 * tables * actions;
    }

    public int tables() {
        return tables;
    }

    public int actions() {
        return actions;
    }

    /** Words per row. */
    public int stride() {
        return stride;
    }

    public int size() {
        return size;
    }

    /** Capacity in rows. */
    public int room() {
        return words.length / stride;
    }

    /** The words of all rows, first row first, perhaps followed by spare capacity. Read-only. */
    public double[] words() {
        return words;
    }

    /** Whether a row may have more than its words: restricted actions or a history. */
    public boolean hasExtras() {
        return extras != null;
    }

    void setExtras(int row, @Nullable RowExtras given) {
        if (extras == null) {
            if (given == null) {
                return;
            }
            extras = new RowExtras[room()];
        }
        extras[row] = given;
    }

    /** Whether a row has this shape. */
    public boolean fits(QRow row) {
        return row.tables() == tables && row.actions() == actions;
    }

    /**
     * Appends a row. Invalidates every {@link QRow} made before.
     *
     * @param row of this shape
     * @throws IllegalStateException if there is no {@link #room}
     */
    public void add(QRow row) {
        requireFit(row);
        if (size == room()) {
            throw new IllegalStateException("a row needs room: reserve it for more than " + size);
        }
        size++;
        set(size - 1, row);
    }

    /** Sets the capacity in rows. Invalidates every {@link QRow} made before. */
    public void reserve(int rows) {
        words = Arrays.copyOf(words, rows * stride);
        if (extras != null) {
            extras = Arrays.copyOf(extras, rows);
        }
    }

    /**
     * Overwrites a row. Invalidates every {@link QRow} made before.
     *
     * @param row of this shape
     */
    public void set(int index, QRow row) {
        requireFit(row);
        row.copyWords(words, index * stride);
        setExtras(index, row.extras());
    }

    private void requireFit(QRow row) {
        if (!fits(row)) {
            throw new IllegalArgumentException("rows side by side must have the same shape: actions=" + actions
                    + " tables=" + tables + ", got actions=" + row.actions() + " tables=" + row.tables());
        }
    }

    /** Removes and returns the last row, detached. */
    public QRow takeLast() {
        size--;
        QRows alone = new QRows(tables, actions, 1, Arrays.copyOfRange(words, size * stride, (size + 1) * stride));
        alone.setExtras(0, extras == null ? null : extras[size]);
        setExtras(size, null);
        return QRow.at(alone, 0);
    }

    /** A deep copy. */
    public QRows copy() {
        QRows copy = new QRows(tables, actions, size, words.clone());
        if (extras != null) {
            RowExtras[] copied = new RowExtras[room()];
            for (int row = 0; row < size; row++) {
                copied[row] = extras[row] == null ? null : extras[row].copy();
            }
            copy.extras = copied;
        }
        return copy;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        if (!(other instanceof QRows that) || size != that.size) {
            return false;
        }
        for (int row = 0; row < size; row++) {
            if (!QRow.at(this, row).equals(QRow.at(that, row))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        return 31 * stride + size;
    }

    @Override
    public String toString() {
        return "QRows{tables=" + tables + ", actions=" + actions + ", rows=" + size + '}';
    }
}

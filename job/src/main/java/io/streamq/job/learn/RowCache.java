package io.streamq.job.learn;

import io.streamq.learning.QRow;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Rows by a number of their own, so that most updates find theirs without asking the heap backend, which takes longer; and which of
 * them the backend handed out since the last snapshot began, so that this snapshot does not need them.
 */
final class RowCache {
    private final @Nullable QRow[] rows;
    private final BitSet sinceLastSnapshot;

    RowCache(int capacity) {
        rows = new QRow[capacity];
        sinceLastSnapshot = new BitSet(capacity);
    }

    /** The row that was put last, or {@code null}. */
    @Nullable
    QRow get(int number) {
        return rows[number];
    }

    /** Loads what tells where a row is. */
    int prefetch(int number) {
        return rows[number] == null ? 0 : 1;
    }

    /** Whether it was put since the last snapshot began. */
    boolean isSinceLastSnapshot(int number) {
        return sinceLastSnapshot.get(number);
    }

    /** Remembers what the backend handed out, or that there is nothing any more. */
    @SuppressWarnings("ReferenceEquality") // the garbage collector looks at each place that was written
    void put(int number, @Nullable QRow row) {
        if (rows[number] != row) {
            rows[number] = row;
        }
        sinceLastSnapshot.set(number);
    }

    void snapshotBegins() {
        sinceLastSnapshot.clear();
    }
}

package io.streamq.job.learn;

import io.streamq.learning.QRow;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Rows by a number of their own, so that most updates find theirs without asking the heap backend, which takes longer.
 *
 * <p>The backend hands out a row to be changed in place, until the next snapshot: from then on it must be asked again, as it hands
 * out a copy while the snapshot still needs the old one. So nothing is remembered across snapshots. What was, is dropped page by
 * page, when a page is looked at: dropping all at once would be a pause.
 */
final class RowCache {
    private static final int PAGE_BITS = 10;

    private final @Nullable QRow[] rows;
    /** The snapshot after which each page was last dropped. */
    private final int[] snapshotOfPage;

    RowCache(int capacity) {
        rows = new QRow[capacity];
        snapshotOfPage = new int[(capacity >>> PAGE_BITS) + 1];
    }

    /**
     * A row that was put since the last snapshot, or {@code null}.
     *
     * @param snapshots how many were taken so far
     */
    @Nullable
    QRow get(int number, int snapshots) {
        return snapshotOfPage[number >>> PAGE_BITS] == snapshots ? rows[number] : null;
    }

    /** Remembers what the backend handed out, or that there is nothing any more, until the next snapshot. */
    void put(int number, @Nullable QRow row, int snapshots) {
        int page = number >>> PAGE_BITS;
        if (snapshotOfPage[page] != snapshots) {
            int start = page << PAGE_BITS;
            Arrays.fill(rows, start, Math.min(start + (1 << PAGE_BITS), rows.length), null);
            snapshotOfPage[page] = snapshots;
        }
        rows[number] = row;
    }
}

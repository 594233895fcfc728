package io.streamq.job.learn;

import io.streamq.job.record.RowPage;
import io.streamq.job.record.StateKey;
import io.streamq.learning.QRow;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Pages of the heap backend, by page number. The backend hands out the page itself, so changing it is enough. While a snapshot still needs
 * the old page, the backend must be asked again: it makes a copy and keeps that.
 */
final class Pages {
    private static final int INITIAL_CAPACITY = 64;

    private final KeyedValues<RowPage> state;
    private @Nullable RowPage[] pages = new RowPage[INITIAL_CAPACITY];
    /** A cursor on each page, to be moved to any of its rows: an update needs no more of the page. */
    private @Nullable QRow[] rows = new QRow[INITIAL_CAPACITY];

    /** Numbers of removed pages, for reuse. */
    private final Deque<Integer> free = new ArrayDeque<>();

    private int next;
    /** Pages obtained from the backend since the last snapshot began, which it therefore does not need. */
    private final BitSet sinceLastSnapshot = new BitSet();
    /** Snapshots that may still be being written; Flink does not report when a savepoint is. */
    private final Set<Long> unwritten = new HashSet<>();

    Pages(KeyedValues<RowPage> state) {
        this.state = state;
    }

    /** Numbers a page that the backend has. */
    int number(RowPage page) {
        int number = free.isEmpty() ? next++ : free.pop();
        if (number == pages.length) {
            pages = Arrays.copyOf(pages, 2 * number);
            rows = Arrays.copyOf(rows, 2 * number);
        }
        set(number, page);
        return number;
    }

    private void set(int number, RowPage page) {
        pages[number] = page;
        refresh(number);
        sinceLastSnapshot.set(number);
    }

    /** A {@link QRow} caches its page's arrays, which may have been replaced. */
    private void refresh(int number) {
        rows[number] = QRow.at(pages[number].rows(), 0);
    }

    /** Adds a page. */
    int add(RowPage page) throws IOException {
        state.put(page.key(0), page);
        return number(page);
    }

    /** A page, read-only. */
    RowPage page(int number) {
        return pages[number];
    }

    /** A row to change, valid until another of its page is requested. */
    QRow row(int number, int index) throws IOException {
        askIfNeeded(number);
        QRow row = rows[number];
        row.moveTo(index);
        return row;
    }

    private void askIfNeeded(int number) throws IOException {
        if (!unwritten.isEmpty() && !sinceLastSnapshot.get(number)) {
            set(number, state.get(pages[number].key(0)));
        }
    }

    /** Loads a page's cursor, which leads to its rows. */
    int prefetch(int number) {
        return rows[number].tables(); // a field of the cursor
    }

    /** Loads a row, regardless of snapshots. */
    long prefetch(int number, int index) {
        return rows[number].prefetch(index);
    }

    /** Adds a row to a page that is not full. */
    void append(int number, StateKey key, QRow row) throws IOException {
        askIfNeeded(number);
        pages[number].add(key, row);
        refresh(number);
    }

    /** Overwrites a row. */
    void replace(int number, int index, StateKey key, QRow row) throws IOException {
        askIfNeeded(number);
        RowPage page = pages[number];
        StateKey before = page.key(index);
        page.set(index, key, row);
        refresh(number);
        if (index == 0 && !before.equals(key)) {
            state.remove(before);
            state.put(key, page);
        }
    }

    /** Removes and returns the last row of a page, detached; with the only row, the page too. */
    QRow takeLast(int number) throws IOException {
        askIfNeeded(number);
        RowPage page = pages[number];
        if (page.size() == 1) {
            state.remove(page.key(0));
            pages[number] = null;
            rows[number] = null;
            free.push(number);
        }
        return page.takeLast();
    }

    void snapshotBegins(long checkpointId) {
        unwritten.add(checkpointId);
        sinceLastSnapshot.clear();
    }

    void snapshotEnded(long checkpointId) {
        unwritten.remove(checkpointId);
    }
}

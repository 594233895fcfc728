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
 * Pages of the heap backend, by numbers of their own. The backend hands out the page itself: it is kept by being changed. As long as a
 * snapshot still needs the old page, the backend must be asked again, and hands out a copy that it keeps.
 */
final class Pages {
    private static final int INITIAL_CAPACITY = 64;

    private final KeyedValues<RowPage> state;
    private @Nullable RowPage[] pages = new RowPage[INITIAL_CAPACITY];
    /** One of the rows of each page, to be sent to any other: an update needs no more of the page. */
    private @Nullable QRow[] rows = new QRow[INITIAL_CAPACITY];

    /** Numbers of pages that are gone, to be given again. */
    private final Deque<Integer> free = new ArrayDeque<>();

    private int next;
    /** Pages that the backend handed out since the last snapshot began, so that this snapshot does not need them. */
    private final BitSet sinceLastSnapshot = new BitSet();
    /** Snapshots that may still be being written; of a savepoint Flink does not tell when it is. */
    private final Set<Long> unwritten = new HashSet<>();

    Pages(KeyedValues<RowPage> state) {
        this.state = state;
    }

    /** The number for a page that the backend has. */
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

    /** A {@link QRow} keeps arrays of its page, which may be others now. */
    private void refresh(int number) {
        rows[number] = QRow.at(pages[number].rows(), 0);
    }

    /** Adds a page. */
    int add(RowPage page) throws IOException {
        state.put(page.key(0), page);
        return number(page);
    }

    /** A page to look at. */
    RowPage page(int number) {
        return pages[number];
    }

    /** A row to be changed, until another one of its page is asked for. */
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

    /** Loads what tells where a page's rows are. */
    int prefetch(int number) {
        return rows[number].tables(); // stands in the object
    }

    /** Loads a row, whatever snapshots need. */
    long prefetch(int number, int index) {
        return rows[number].prefetch(index);
    }

    /** Adds a row to a page that is not full. */
    void append(int number, StateKey key, QRow row) throws IOException {
        askIfNeeded(number);
        pages[number].add(key, row);
        refresh(number);
    }

    /** Puts another row in the place of one. */
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

    /** Removes the last row of a page, and a page of one row; the row stands alone then. */
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

package io.streamq.job.learn;

import io.streamq.job.record.KeyWords;
import io.streamq.job.record.RowPage;
import io.streamq.job.record.StateKey;
import io.streamq.learning.QRow;
import io.streamq.learning.QRows;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.jspecify.annotations.Nullable;

/**
 * Rows of the heap backend, in pages (ADR 0012). A row's position, kept in the view, is its page and its index there. All pages of a key
 * group and shape are full but the last: its last row takes the place of one that is removed.
 */
final class PagedRows implements RowStore {
    private static final int INDEX_BITS = Integer.numberOfTrailingZeros(RowPage.MOST_ROWS);
    private static final int INDEX_MASK = RowPage.MOST_ROWS - 1;

    private final Pages pages;
    private final KeyedValues<RowPage> state;
    private final @Nullable KeyedValues<QRow> single;
    private final SuccessorView view;
    private final int maxParallelism;

    private final Map<Shelf, Deque<Integer>> shelves = new HashMap<>();
    private final int[] positions = new int[SuccessorView.TOGETHER];
    /** Keeps the compiler from eliminating the loads. */
    @SuppressWarnings("unused")
    private long loaded;

    /** What the rows of a page have in common. */
    private record Shelf(int keyGroup, int tables, int actions) {}

    /** @param single rows by key, as another backend or an earlier release may have saved; {@code null} if nothing is restored */
    PagedRows(KeyedValues<RowPage> state, @Nullable KeyedValues<QRow> single, SuccessorView view, int maxParallelism) {
        this.pages = new Pages(state);
        this.state = state;
        this.single = single;
        this.view = view;
        this.maxParallelism = maxParallelism;
    }

    @Override
    public void restore(Visitor visitor) throws Exception {
        for (StateKey first : state.allKeys()) {
            restore(state.get(first), visitor);
        }
        if (single != null) {
            for (StateKey key : single.allKeys()) {
                QRow row = single.get(key);
                single.remove(key);
                visitor.visit(key, row);
                put(key, view.slotOf(key), row);
            }
        }
    }

    private void restore(RowPage page, Visitor visitor) throws Exception {
        int number = pages.number(page);
        Deque<Integer> shelf =
                shelf(page.key(0), page.rows().tables(), page.rows().actions());
        if (page.isFull()) {
            shelf.addFirst(number);
        } else {
            shelf.addLast(number);
        }
        for (int index = 0; index < page.size(); index++) {
            StateKey key = page.key(index);
            visitor.visit(key, pages.row(number, index));
            view.setPosition(view.slotOf(key), position(number, index));
        }
    }

    private Deque<Integer> shelf(StateKey key, int tables, int actions) {
        int keyGroup = KeyGroupRangeAssignment.computeKeyGroupForKeyHash(key.hashCode(), maxParallelism);
        return shelves.computeIfAbsent(new Shelf(keyGroup, tables, actions), any -> new ArrayDeque<>());
    }

    private static int position(int number, int index) {
        return number << INDEX_BITS | index;
    }

    @Override
    public QRow get(KeyWords key, int slot) throws IOException {
        int position = view.position(slot);
        return pages.row(position >>> INDEX_BITS, position & INDEX_MASK);
    }

    @Override
    public void prefetch(int[] slots, int count) {
        long sum = 0;
        // Each loop depends on the loads of the one before, whose cache misses overlap.
        for (int i = 0; i < count; i++) {
            positions[i] = slots[i] < 0 ? SuccessorView.NO_POSITION : view.position(slots[i]);
        }
        for (int i = 0; i < count; i++) {
            if (positions[i] >= 0) {
                sum += pages.prefetch(positions[i] >>> INDEX_BITS);
            }
        }
        for (int i = 0; i < count; i++) {
            if (positions[i] >= 0) {
                sum += pages.prefetch(positions[i] >>> INDEX_BITS, positions[i] & INDEX_MASK);
            }
        }
        loaded = sum;
    }

    @Override
    public QRow put(StateKey key, int slot, QRow row) throws IOException {
        int position = view.position(slot);
        if (position >= 0 && pages.page(position >>> INDEX_BITS).rows().fits(row)) {
            pages.replace(position >>> INDEX_BITS, position & INDEX_MASK, key, row);
        } else {
            if (position >= 0) {
                remove(key, slot);
            }
            add(key, slot, row);
        }
        return get(key, slot);
    }

    private void add(StateKey key, int slot, QRow row) throws IOException {
        Deque<Integer> shelf = shelf(key, row.tables(), row.actions());
        if (shelf.isEmpty() || pages.page(shelf.getLast()).isFull()) {
            // The first page grows: most shelves of a small table have no other.
            int room = shelf.isEmpty() ? 1 : RowPage.mostRows(row.tables(), row.actions());
            shelf.addLast(pages.add(new RowPage(key, row, room)));
        } else {
            pages.append(shelf.getLast(), key, row);
        }
        int last = shelf.getLast();
        view.setPosition(slot, position(last, pages.page(last).size() - 1));
    }

    @Override
    public void changed(KeyWords key) {}

    @Override
    public void remove(StateKey key, int slot) throws IOException {
        int hole = view.position(slot);
        QRows its = pages.page(hole >>> INDEX_BITS).rows();
        Deque<Integer> shelf = shelf(key, its.tables(), its.actions());
        int last = shelf.getLast();
        int lastIndex = pages.page(last).size() - 1;
        StateKey moved = pages.page(last).key(lastIndex);
        QRow row = pages.takeLast(last);
        if (lastIndex == 0) {
            shelf.removeLast();
        }
        if (hole != position(last, lastIndex)) {
            pages.replace(hole >>> INDEX_BITS, hole & INDEX_MASK, moved, row);
            view.setPosition(view.slotOf(moved), hole);
        }
    }

    @Override
    public void snapshotBegins(long checkpointId) {
        pages.snapshotBegins(checkpointId);
    }

    @Override
    public void snapshotEnded(long checkpointId) {
        pages.snapshotEnded(checkpointId);
    }
}

package io.streamq.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.job.record.RowPage;
import io.streamq.job.record.RowPageSerializer;
import io.streamq.job.record.StateKey;
import io.streamq.learning.BootstrapChoice;
import io.streamq.learning.LearningRate;
import io.streamq.learning.QRow;
import io.streamq.learning.TemporalDifference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.jupiter.api.Test;

class PagedRowsTest {
    private static final int MAX_PARALLELISM = 4;
    private static final int STATES = 700;
    private static final int STEPS = 60_000;
    private static final LearningRate RATE = new LearningRate.Constant(0.5);

    private HeapValues state = new HeapValues();
    private SuccessorView view = new SuccessorView();
    private PagedRows rows = new PagedRows(state, null, view, MAX_PARALLELISM);

    private record Snapshot(long number, Map<StateKey, RowPage> pages, Map<StateKey, RowPage> before) {}

    /** Every third one is too long to stand in two words. */
    private static StateKey key(int state) {
        return StateKey.of("p", state % 3 == 0 ? "a state of a long name " + state : "s" + state);
    }

    private void put(StateKey key, QRow row) throws Exception {
        int slot = view.add(key, 0, BootstrapChoice.ONLY, new double[] {0}, 1);
        QRow kept = rows.put(key, slot, row.copy());
        assertThat(kept).isEqualTo(row);
    }

    private QRow get(StateKey key) throws Exception {
        return rows.get(key, view.slotOf(key));
    }

    private void remove(StateKey key) throws Exception {
        rows.remove(key, view.slotOf(key));
        view.remove(key);
    }

    private static QRow row(SplittableRandom random) {
        return switch (random.nextInt(8)) {
            case 0 -> QRow.untouched(2, 3, random.nextInt(9));
            case 1 -> QRow.untouched(1, 20, random.nextInt(9)); // fewer than 32 to a page
            default -> QRow.untouched(1, 3, random.nextInt(9));
        };
    }

    private static Map<StateKey, RowPage> copy(Map<StateKey, RowPage> pages) {
        Map<StateKey, RowPage> copy = new HashMap<>();
        pages.forEach((key, page) -> copy.put(key, RowPageSerializer.INSTANCE.copy(page)));
        return copy;
    }

    /** Rows come, change, gain another shape and go, while snapshots are written, and a table restored from one goes on. */
    @Test
    void theTableHoldsWhatAMapWouldAndSoDoesEachSnapshot() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        Map<StateKey, QRow> expected = new HashMap<>();
        Deque<Snapshot> unwritten = new ArrayDeque<>();
        for (int step = 0; step < STEPS; step++) {
            StateKey key = key(random.nextInt(STATES));
            boolean emptying = step / 4_000 % 3 == 2;
            switch (random.nextInt(emptying ? 6 : 5)) {
                case 0 -> {
                    QRow row = row(random);
                    put(key, row);
                    expected.put(key, row);
                }
                case 4, 5 -> {
                    if (expected.containsKey(key) && (emptying || step % 3 == 0)) {
                        assertThat(get(key)).isEqualTo(expected.remove(key));
                        remove(key);
                    }
                }
                case 1 -> {
                    if (expected.containsKey(key)) {
                        QRow itself = get(key);
                        change(itself, step);
                        rows.put(key, view.slotOf(key), itself);
                        change(expected.get(key), step);
                    }
                }
                default -> {
                    if (expected.containsKey(key)) {
                        change(get(key), step);
                        change(expected.get(key), step);
                    }
                }
            }
            prefetch(random);
            if (random.nextInt(250) == 0) {
                rows.snapshotBegins(step);
                unwritten.add(new Snapshot(step, state.snapshot(), copy(state.pages)));
            }
            if (!unwritten.isEmpty() && random.nextInt(120) == 0) {
                Snapshot eldest = unwritten.remove();
                assertThat(eldest.pages).as("seed %d, step %d", seed, step).isEqualTo(eldest.before);
                rows.snapshotEnded(eldest.number);
                if (unwritten.isEmpty() && random.nextInt(3) == 0) {
                    restore(state.pages);
                }
            }
            if (step % 1_000 == 0) {
                assertThat(all()).as("seed %d, step %d", seed, step).isEqualTo(expected);
                assertAllPagesAreFullButOneOfAKind();
            }
        }
    }

    private static void change(QRow row, int step) {
        TemporalDifference.update(row, step % row.tables(), step % row.actions(), step, RATE);
        row.chooseGreedy(0);
        row.announced(step);
        if (step % 7 == 0) {
            row.touched(step);
            row.remember(step, 3);
        }
        if (step % 11 == 0) {
            row.restrictTo(new long[] {7});
        }
    }

    private void prefetch(SplittableRandom random) {
        int[] slots = new int[SuccessorView.TOGETHER];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = view.slotOf(key(random.nextInt(STATES)));
        }
        rows.prefetch(slots, slots.length);
    }

    private Map<StateKey, QRow> all() throws Exception {
        Map<StateKey, QRow> all = new HashMap<>();
        for (Map.Entry<StateKey, RowPage> page : state.pages.entrySet()) {
            assertThat(page.getKey()).isEqualTo(page.getValue().key(0));
            page.getValue()
                    .forEach((key, row) -> assertThat(all.put(key, row.copy())).isNull());
        }
        for (StateKey key : all.keySet()) {
            assertThat(get(key)).isEqualTo(all.get(key));
        }
        return all;
    }

    private void assertAllPagesAreFullButOneOfAKind() {
        Set<List<Integer>> kindsWithRoom = new HashSet<>();
        for (RowPage page : state.pages.values()) {
            int keyGroup = KeyGroupRangeAssignment.assignToKeyGroup(page.key(0), MAX_PARALLELISM);
            page.forEach((key, row) -> assertThat(KeyGroupRangeAssignment.assignToKeyGroup(key, MAX_PARALLELISM))
                    .isEqualTo(keyGroup));
            List<Integer> kind =
                    List.of(keyGroup, page.rows().tables(), page.rows().actions());
            assertThat(page.isFull() || kindsWithRoom.add(kind)).isTrue();
        }
    }

    private void restore(Map<StateKey, RowPage> pages) throws Exception {
        state = new HeapValues();
        state.pages.putAll(copy(pages));
        view = new SuccessorView();
        rows = new PagedRows(state, null, view, MAX_PARALLELISM);
        rows.restore((key, row) -> view.add(key, 0, BootstrapChoice.ONLY, new double[] {0}, 1));
    }

    @Test
    void aRowWithAPastTakesThePlaceOfOneWhereNobodyHasAny() throws Exception {
        put(key(1), QRow.untouched(1, 3, 0));
        QRow other = QRow.untouched(1, 3, 1);
        other.touched(9);
        put(key(1), other);
        assertThat(all()).isEqualTo(Map.of(key(1), other));
    }

    /** Each copy of a page copies its room, too. */
    @Test
    void aFullPageHasNoRoomToSpare() throws Exception {
        for (int i = 0; i < 200; i++) {
            put(key(i), QRow.untouched(1, 27, 0));
        }
        for (RowPage page : state.pages.values()) {
            assertThat(page.isFull() && page.rows().room() != page.size()).isFalse();
        }
        assertThat(state.pages.values()).anyMatch(RowPage::isFull);
    }

    @Test
    void aRowWhoseShapeLeavesNoRoomForAnotherHasAPageOfItsOwn() throws Exception {
        Map<StateKey, QRow> expected = new HashMap<>();
        for (int i = 0; i < 200; i++) {
            expected.put(key(i), QRow.untouched(1, 600, i));
            put(key(i), expected.get(key(i)));
        }
        assertThat(state.pages).hasSize(200);
        assertThat(all()).isEqualTo(expected);
    }

    @Test
    void rowsThatStoodAloneAreTakenIntoPages() throws Exception {
        Map<StateKey, QRow> single = new HashMap<>();
        for (int i = 0; i < 100; i++) {
            single.put(key(i), QRow.untouched(1, 2, i));
        }
        Map<StateKey, QRow> before = Map.copyOf(single);
        List<StateKey> shown = new ArrayList<>();
        rows = new PagedRows(state, new MapValues<>(single), view, MAX_PARALLELISM);
        rows.restore((key, row) -> {
            view.add(key, 0, BootstrapChoice.ONLY, new double[] {0}, 1);
            shown.add(key);
        });
        assertThat(single).isEmpty();
        assertThat(shown).containsExactlyInAnyOrderElementsOf(before.keySet());
        assertThat(all()).isEqualTo(before);
        assertAllPagesAreFullButOneOfAKind();
    }
}

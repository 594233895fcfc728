package io.streamq.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.job.record.RowPage;
import io.streamq.job.record.StateKey;
import io.streamq.learning.QRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BufferedRowsTest {
    private static final int NO_SLOT = -1;
    /** Of rows of two actions. */
    private static final long THREE_ROWS = 3 * (240 + 2 * 16);

    private final Stored state = new Stored();
    private final BufferedRows rows = new BufferedRows(state, null, THREE_ROWS);

    /** Keyed state that hands out copies, as it keeps bytes, and notes what was asked of it. */
    private static final class Stored implements KeyedValues<QRow> {
        final Map<StateKey, QRow> rows = new HashMap<>();
        final List<String> written = new ArrayList<>();
        int reads;

        @Override
        public QRow get(StateKey key) {
            reads++;
            return rows.get(key).copy();
        }

        @Override
        public void put(StateKey key, QRow row) {
            written.add(key.state());
            rows.put(key, row.copy());
        }

        @Override
        public void remove(StateKey key) {
            rows.remove(key);
        }

        @Override
        public Stream<StateKey> keys() {
            return rows.keySet().stream();
        }
    }

    private static QRow row(double initialQ) {
        return QRow.untouched(1, 2, initialQ);
    }

    private static StateKey key(String state) {
        return StateKey.of("p", state);
    }

    private void put(String state, QRow row) throws Exception {
        rows.put(key(state), NO_SLOT, row);
    }

    private QRow change(String state) throws Exception {
        StateKey key = key(state);
        QRow row = rows.get(key, NO_SLOT);
        row.announced(1);
        rows.changed(key);
        return row;
    }

    @Test
    void aRowIsWrittenOnceHoweverOftenItWasChangedBeforeASnapshot() throws Exception {
        put("a", row(0));
        put("b", row(0));
        change("a");
        change("a");
        assertThat(state.written).isEmpty();

        rows.snapshotBegins(1);
        assertThat(state.written).containsExactlyInAnyOrder("a", "b");
        assertThat(state.rows.get(StateKey.of("p", "a")).version()).isEqualTo(2);

        change("b");
        rows.snapshotBegins(1);
        assertThat(state.written).hasSize(3).endsWith("b");
        assertThat(state.reads).isZero();
    }

    @Test
    void theLeastRecentlyUsedRowMakesRoomAndComesBackAsItWas() throws Exception {
        for (String state : List.of("a", "b", "c")) {
            put(state, row(0));
        }
        QRow a = change("a");
        put("d", row(0));
        assertThat(state.written).containsExactly("b");

        put("e", row(0));
        put("f", row(0));
        assertThat(state.written).containsExactly("b", "c", "a");
        assertThat(rows.get(key("a"), NO_SLOT)).isEqualTo(a).isNotSameAs(a);
    }

    @Test
    void aRowThatWasOnlyReadIsNotWritten() throws Exception {
        put("a", row(0));
        rows.snapshotBegins(1);
        rows.get(key("a"), NO_SLOT);
        for (String state : List.of("b", "c", "d", "e")) {
            put(state, row(0));
        }
        assertThat(state.written).containsExactly("a", "b");
    }

    @Test
    void aForgottenRowIsNotWrittenAgain() throws Exception {
        put("a", row(0));
        rows.snapshotBegins(1);
        change("a");
        rows.remove(key("a"), NO_SLOT);
        rows.snapshotBegins(1);
        assertThat(state.rows).isEmpty();
        assertThat(state.written).containsExactly("a");
    }

    @Test
    void anotherRowTakesThePlaceOfTheOld() throws Exception {
        put("a", row(1));
        put("a", QRow.untouched(1, 4, 2));
        assertThat(rows.get(key("a"), NO_SLOT).actions()).isEqualTo(4);
        rows.snapshotBegins(1);
        assertThat(state.written).containsExactly("a");
        assertThat(state.rows.get(StateKey.of("p", "a")).actions()).isEqualTo(4);
    }

    @Test
    void aRowThatGrowsMakesOthersMakeRoom() throws Exception {
        for (String state : List.of("a", "b", "c")) {
            put(state, row(0));
        }
        QRow c = rows.get(key("c"), NO_SLOT);
        c.remember(1, 100);
        rows.changed(key("c"));
        assertThat(state.written).containsExactly("a");
        for (int identity = 2; identity <= 100; identity++) {
            c.remember(identity, 100);
        }
        rows.changed(key("c"));
        assertThat(state.written).containsExactly("a", "b");
        assertThat(rows.get(key("c"), NO_SLOT)).as("stays, however large").isSameAs(c);

        put("d", row(0));
        assertThat(state.written).containsExactly("a", "b", "c");
        put("e", row(0));
        put("f", row(0));
        assertThat(state.written).as("room that came back").hasSize(3);
    }

    @Test
    void aLongKeyTakesRoom() throws Exception {
        put("a", row(0));
        put("b", row(0));
        put("x".repeat(260), row(0));
        assertThat(state.written).containsExactly("a");
    }

    @Test
    void rowsOfPagesAreTakenOver() throws Exception {
        RowPage page = new RowPage(key("a"), row(1), 1);
        page.add(key("b"), row(2));
        Map<StateKey, RowPage> pages = new HashMap<>(Map.of(key("a"), page));
        Map<StateKey, QRow> shown = new HashMap<>();
        new BufferedRows(state, new MapValues<>(pages), THREE_ROWS).restore((key, row) -> shown.put(key, row.copy()));
        assertThat(pages).isEmpty();
        assertThat(shown).isEqualTo(state.rows).isEqualTo(Map.of(key("a"), row(1), key("b"), row(2)));
    }
}

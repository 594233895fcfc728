package io.streamq.job.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.job.record.ViewChanges.Extent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class ViewChangesTest {
    private static final StateKey SHORT = StateKey.of("p", "s");
    private static final StateKey LONG = StateKey.of("lake", "a state with a long name");

    private static ViewChanges changes(Extent extent) {
        ViewChanges changes = new ViewChanges();
        changes.of(3, 7, extent);
        changes.add(SHORT, 65_535, -2.5);
        changes.addRemoval(LONG);
        changes.add(LONG, 1, Double.MAX_VALUE);
        changes.addRemoval(SHORT);
        return changes;
    }

    private static List<String> told(ViewChanges changes) {
        List<String> told = new ArrayList<>();
        told.add(changes.shard() + " of " + changes.shards() + " " + changes.extent());
        while (changes.next()) {
            StateKey key = changes.key().toKey();
            String value = changes.isRemoval() ? "went" : changes.value() + " of " + changes.generation();
            told.add(key + " " + (key.hashCode() == changes.key().hash()) + " " + value);
        }
        return told;
    }

    private static ViewChanges sent(ViewChanges changes, ViewChangesSerializer receiver) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        new ViewChangesSerializer().serialize(changes, out);
        return receiver.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
    }

    @Test
    void whatIsAddedIsReadInItsOrderThroughTheNetworkToo() throws Exception {
        String[] told = {
            "3 of 7 WHOLE",
            "p/s true -2.5 of 65535",
            "lake/a state with a long name true went",
            "lake/a state with a long name true " + Double.MAX_VALUE + " of 1",
            "p/s true went"
        };
        assertThat(told(changes(Extent.WHOLE))).containsExactly(told);
        assertThat(told(sent(changes(Extent.WHOLE), new ViewChangesSerializer())))
                .containsExactly(told);
        assertThat(told(new ViewChangesSerializer().copy(changes(Extent.WHOLE))))
                .containsExactly(told);
    }

    @Test
    void whatIsReadIsGoodUntilTheNextIs() throws Exception {
        ViewChangesSerializer receiver = new ViewChangesSerializer();
        ViewChanges first = sent(changes(Extent.PART), receiver);
        assertThat(told(first)).hasSize(5);
        ViewChanges ended = new ViewChanges();
        ended.of(1, 2, Extent.ENDED);
        assertThat(told(sent(ended, receiver))).containsExactly("1 of 2 ENDED");
        assertThat(first.length()).isZero();
    }

    @Test
    void keysAheadAreToldWithoutGoingThere() {
        ViewChanges changes = changes(Extent.WHOLE);
        KeyCursor[] keys = KeyCursor.several(3);
        assertThat(changes.keysAhead(keys)).isEqualTo(3);
        assertThat(keys).extracting(KeyCursor::toKey).containsExactly(SHORT, LONG, LONG);
        for (int i = 0; i < 3; i++) {
            assertThat(changes.next()).isTrue();
        }
        assertThat(changes.keysAhead(keys)).isEqualTo(1);
        assertThat(keys[0].toKey()).isEqualTo(SHORT);
        assertThat(changes.next()).isTrue();
        assertThat(changes.keysAhead(keys)).isZero();
    }

    @Test
    void whatIsTakenOutIsReadNoMore() {
        ViewChanges changes = changes(Extent.WHOLE);
        changes.clear();
        assertThat(changes.length()).isZero();
        assertThat(changes.next()).isFalse();
    }
}

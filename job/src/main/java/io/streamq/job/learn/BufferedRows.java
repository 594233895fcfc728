package io.streamq.job.learn;

import io.streamq.job.record.KeyWords;
import io.streamq.job.record.RowPage;
import io.streamq.job.record.StateKey;
import io.streamq.learning.QRow;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a backend that stores bytes, such as RocksDB (ADR 0009). The most recently used ones stay in memory as objects; a changed one is
 * written once, at the next snapshot or when evicted, instead of at each update.
 */
final class BufferedRows implements RowStore {
    private static final int INITIAL_CAPACITY = 1 << 10;
    private static final float LOAD_FACTOR = 0.75f;
    /** Approximate size of a row without its entries: short key, objects, map entry. */
    private static final int ROW_BYTES = 240;
    /** A value and its count. */
    private static final int ENTRY_BYTES = 2 * Double.BYTES;

    private final KeyedValues<QRow> state;
    private final @Nullable KeyedValues<RowPage> pages;
    private final long capacityBytes;
    /** Least recently used first. */
    private final LinkedHashMap<StateKey, Held> held = new LinkedHashMap<>(INITIAL_CAPACITY, LOAD_FACTOR, true);

    private long heldBytes;
    /** Entry of the last key asked for: an update asks twice. */
    private @Nullable Held last;

    private static final class Held {
        final StateKey key;
        final QRow row;
        int bytes;
        boolean changed;

        Held(StateKey key, QRow row, boolean changed) {
            this.key = key;
            this.row = row;
            this.changed = changed;
            this.bytes = weigh();
        }

        /** Approximate current size: a row's history grows. */
        int weigh() {
            return ROW_BYTES
                    + ENTRY_BYTES * row.actions() * row.tables()
                    + (key.isInline() ? 0 : key.length())
                    + row.extraBytes();
        }
    }

    /**
     * @param pages that the heap backend may have saved; {@code null} if nothing is restored
     * @param capacityBytes approximate size of the rows in memory; 0 keeps one row
     */
    BufferedRows(KeyedValues<QRow> state, @Nullable KeyedValues<RowPage> pages, long capacityBytes) {
        this.state = state;
        this.pages = pages;
        this.capacityBytes = capacityBytes;
    }

    @Override
    public void restore(Visitor visitor) throws Exception {
        try (Stream<StateKey> keys = state.keys()) {
            for (Iterator<StateKey> each = keys.iterator(); each.hasNext(); ) {
                StateKey key = each.next();
                visitor.visit(key, state.get(key));
            }
        }
        if (pages != null) {
            for (StateKey first : pages.allKeys()) {
                restore(pages.get(first), visitor);
                pages.remove(first);
            }
        }
    }

    private void restore(RowPage page, Visitor visitor) throws Exception {
        for (int index = 0; index < page.size(); index++) {
            StateKey key = page.key(index);
            QRow row = QRow.at(page.rows(), index);
            visitor.visit(key, row);
            state.put(key, row);
        }
    }

    @Override
    public QRow get(KeyWords words, int slot) throws IOException {
        StateKey key = words.toKey();
        Held known = held.get(key);
        if (known == null) {
            known = hold(new Held(key, state.get(key), false));
        }
        last = known;
        return known.row;
    }

    @Override
    public void prefetch(int[] slots, int count) {}

    @Override
    public QRow put(StateKey key, int slot, QRow row) throws IOException {
        last = hold(new Held(key, row, true));
        return row;
    }

    private Held hold(Held added) throws IOException {
        Held before = held.put(added.key, added);
        heldBytes += added.bytes - (before == null ? 0 : before.bytes);
        makeRoomIfNeeded();
        return added;
    }

    private void makeRoomIfNeeded() throws IOException {
        if (heldBytes > capacityBytes && held.size() > 1) {
            makeRoom();
        }
    }

    private void makeRoom() throws IOException {
        Iterator<Map.Entry<StateKey, Held>> leastRecentlyUsedFirst =
                held.entrySet().iterator();
        while (heldBytes > capacityBytes && held.size() > 1) {
            Held least = leastRecentlyUsedFirst.next().getValue();
            write(least);
            leastRecentlyUsedFirst.remove();
            heldBytes -= least.bytes;
        }
    }

    private void write(Held any) throws IOException {
        if (any.changed) {
            state.put(any.key, any.row);
            any.changed = false;
        }
    }

    @Override
    public void changed(KeyWords words) throws IOException {
        Held row = Objects.requireNonNull(
                last != null && last.key.sameAs(words) ? last : held.get(words.toKey()),
                "a row is changed after it was handed out");
        row.changed = true;
        int bytes = row.weigh();
        heldBytes += bytes - row.bytes;
        row.bytes = bytes;
        makeRoomIfNeeded(); // evicts others: this one was used last
    }

    @Override
    public void remove(StateKey key, int slot) {
        Held removed = held.remove(key);
        if (removed != null) {
            heldBytes -= removed.bytes;
        }
        last = null;
        state.remove(key);
    }

    @Override
    public void snapshotBegins(long checkpointId) throws IOException {
        for (Held each : held.values()) {
            write(each);
        }
    }

    @Override
    public void snapshotEnded(long checkpointId) {}
}

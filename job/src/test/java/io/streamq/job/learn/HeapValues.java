package io.streamq.job.learn;

import io.streamq.job.record.RowPage;
import io.streamq.job.record.RowPageSerializer;
import io.streamq.job.record.StateKey;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** Hands out values as Flink's heap backend does: themselves, or a copy that it keeps if a snapshot still needs them. */
final class HeapValues implements KeyedValues<RowPage> {
    final Map<StateKey, RowPage> pages = new HashMap<>();
    private final Set<RowPage> neededBySnapshots = Collections.newSetFromMap(new IdentityHashMap<>());
    int timesAsked;

    /** What a snapshot would write, however late. */
    Map<StateKey, RowPage> snapshot() {
        neededBySnapshots.addAll(pages.values());
        return Map.copyOf(pages);
    }

    @Override
    public RowPage get(StateKey key) {
        timesAsked++;
        RowPage page = Objects.requireNonNull(pages.get(key), "a page is asked for by its first key");
        if (neededBySnapshots.contains(page)) {
            page = RowPageSerializer.INSTANCE.copy(page);
            pages.put(key, page);
        }
        return page;
    }

    @Override
    public void put(StateKey key, RowPage page) {
        if (pages.put(key, page) != null) {
            throw new AssertionError("a page takes the place of another: " + key);
        }
    }

    @Override
    public void remove(StateKey key) {
        Objects.requireNonNull(pages.remove(key), "a page is removed by its first key");
    }

    @Override
    public Stream<StateKey> keys() {
        return pages.keySet().stream();
    }
}

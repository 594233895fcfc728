package io.streamq.job.learn;

import io.streamq.job.record.StateKey;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Keys with due times, added in any order, the earliest first. Takes some 200 bytes per key. */
final class DueKeys {
    private final Map<StateKey, Long> millisByKey = new HashMap<>();
    private final TreeMap<Long, Set<StateKey>> keysByMillis = new TreeMap<>();

    /** Sets a key's due time, unless it has one. */
    void putIfAbsent(StateKey key, long millis) {
        if (millisByKey.putIfAbsent(key, millis) == null) {
            keysByMillis.computeIfAbsent(millis, any -> new LinkedHashSet<>()).add(key);
        }
    }

    /** Replaces all keys and due times. */
    void restore(Map<StateKey, Long> millis) {
        millisByKey.clear();
        keysByMillis.clear();
        millis.forEach(this::putIfAbsent);
    }

    /** Brings due times after a given time forward to it. */
    void noneAfter(long millis) {
        Map<Long, Set<StateKey>> later = keysByMillis.tailMap(millis, false);
        List<Set<StateKey>> late = List.copyOf(later.values());
        later.clear();
        for (Set<StateKey> keys : late) {
            millisByKey.keySet().removeAll(keys);
            keys.forEach(key -> putIfAbsent(key, millis));
        }
    }

    void remove(StateKey key) {
        Long millis = millisByKey.remove(key);
        if (millis != null) {
            keysByMillis.computeIfPresent(millis, (due, keys) -> keys.remove(key) && keys.isEmpty() ? null : keys);
        }
    }

    /** A key with the earliest due time, if that is not after a given time, else {@code null}. */
    @Nullable
    StateKey firstUntil(long millis) {
        Map.Entry<Long, Set<StateKey>> first = keysByMillis.firstEntry();
        return first == null || first.getKey() > millis
                ? null
                : first.getValue().iterator().next();
    }
}

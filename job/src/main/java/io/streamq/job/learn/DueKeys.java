package io.streamq.job.learn;

import io.streamq.job.record.StateKey;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Keys and when each is due, the earliest first, however they come. Takes some 200 bytes per key. */
final class DueKeys {
    private final Map<StateKey, Long> millisByKey = new HashMap<>();
    private final TreeMap<Long, Set<StateKey>> keysByMillis = new TreeMap<>();

    /** Sets when a key is due, unless it is known. */
    void putIfAbsent(StateKey key, long millis) {
        if (millisByKey.putIfAbsent(key, millis) == null) {
            keysByMillis.computeIfAbsent(millis, any -> new LinkedHashSet<>()).add(key);
        }
    }

    /** Sets when all keys are due. */
    void restore(Map<StateKey, Long> millis) {
        millisByKey.clear();
        keysByMillis.clear();
        millis.forEach(this::putIfAbsent);
    }

    /** Lets all keys be due at a given time that are due after it. */
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

    /** A key that is due first, if that is not after a given time, else {@code null}. */
    @Nullable
    StateKey firstUntil(long millis) {
        Map.Entry<Long, Set<StateKey>> first = keysByMillis.firstEntry();
        return first == null || first.getKey() > millis
                ? null
                : first.getValue().iterator().next();
    }
}

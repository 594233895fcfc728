package io.streamq.job.learn;

import io.streamq.job.record.StateKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Keys ordered by a time that only moves forward, the earliest first. Takes some 60 bytes per key. */
final class KeyQueue {
    /** What to do with a key and its time. */
    interface Visitor {
        void visit(StateKey key, long millis) throws IOException;
    }

    private final Map<StateKey, Long> millisByKey = new LinkedHashMap<>();

    /** Sets a key's time, no earlier than any other's. */
    void put(StateKey key, long millis) {
        millisByKey.remove(key);
        millisByKey.put(key, millis);
    }

    /** Replaces all keys and times, given in any order. */
    void restore(Map<StateKey, Long> millis) {
        millisByKey.clear();
        List<Map.Entry<StateKey, Long>> entries = new ArrayList<>(millis.entrySet());
        entries.sort(Map.Entry.comparingByValue());
        entries.forEach(entry -> millisByKey.put(entry.getKey(), entry.getValue()));
    }

    /** Sets all times after a given one to it. */
    void noneAfter(long millis) {
        millisByKey.replaceAll((key, time) -> Math.min(time, millis));
    }

    /** Moves all times forward by as much as brings the last one to a given time. */
    void moveOnTo(long millis) {
        long lastMillis = millis;
        for (long each : millisByKey.values()) {
            lastMillis = each;
        }
        long byMillis = millis - lastMillis;
        millisByKey.replaceAll((key, time) -> time + byMillis);
    }

    /** Visits the keys whose times are not after a given one, the earliest first; none may be added or removed meanwhile. */
    void forEachUntil(long millis, Visitor visitor) throws IOException {
        for (Map.Entry<StateKey, Long> entry : millisByKey.entrySet()) {
            if (entry.getValue() > millis) {
                return;
            }
            visitor.visit(entry.getKey(), entry.getValue());
        }
    }

    void remove(StateKey key) {
        millisByKey.remove(key);
    }

    /** The first key, {@code null} if there is none. */
    @Nullable
    StateKey first() {
        return millisByKey.isEmpty() ? null : millisByKey.keySet().iterator().next();
    }

    /** The first key if its time is not after a given one, else {@code null}. */
    @Nullable
    StateKey firstUntil(long millis) {
        if (millisByKey.isEmpty()) {
            return null;
        }
        Map.Entry<StateKey, Long> first = millisByKey.entrySet().iterator().next();
        return first.getValue() <= millis ? first.getKey() : null;
    }
}

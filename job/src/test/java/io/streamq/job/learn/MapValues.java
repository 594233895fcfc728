package io.streamq.job.learn;

import io.streamq.job.record.StateKey;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Values in a map, themselves.
 *
 * @param <V> the value
 */
record MapValues<V>(Map<StateKey, V> values) implements KeyedValues<V> {
    @Override
    public V get(StateKey key) {
        return Objects.requireNonNull(values.get(key));
    }

    @Override
    public void put(StateKey key, V value) {
        values.put(key, value);
    }

    @Override
    public void remove(StateKey key) {
        values.remove(key);
    }

    @Override
    public Stream<StateKey> keys() {
        return values.keySet().stream();
    }
}

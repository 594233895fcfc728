package io.streamq.job.learn;

import io.streamq.job.record.StateKey;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;

/**
 * Keyed state with access to any key, not only the current record's.
 *
 * @param <V> the value
 */
interface KeyedValues<V> {
    /** The value of a key, which must have one. */
    V get(StateKey key) throws IOException;

    void put(StateKey key, V value) throws IOException;

    void remove(StateKey key);

    /** All keys with a value, to be closed. None may be added or removed before. */
    Stream<StateKey> keys();

    /** The same as a list: keys may be added and removed meanwhile. */
    default List<StateKey> allKeys() {
        try (Stream<StateKey> keys = keys()) {
            return keys.toList();
        }
    }

    /** Flink's state of that name. */
    static <V> KeyedValues<V> of(ValueState<V> state, String name, KeyedStateBackend<StateKey> backend) {
        return new KeyedValues<>() {
            @Override
            public V get(StateKey key) throws IOException {
                backend.setCurrentKey(key);
                return Objects.requireNonNull(state.value());
            }

            @Override
            public void put(StateKey key, V value) throws IOException {
                backend.setCurrentKey(key);
                state.update(value);
            }

            @Override
            public void remove(StateKey key) {
                backend.setCurrentKey(key);
                state.clear();
            }

            @Override
            public Stream<StateKey> keys() {
                return backend.getKeys(name, VoidNamespace.INSTANCE);
            }
        };
    }
}

package io.streamq.job;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * Keeps what reaches it in this JVM's memory, under a name.
 *
 * @param <T> the record
 */
record CollectingSink<T>(String name, Class<T> type, TypeSerializer<T> serializer) implements Sink<T> {
    private static final Map<String, Queue<Object>> COLLECTED = new ConcurrentHashMap<>();

    /** What came since the last call. */
    List<T> take() {
        Queue<Object> items = COLLECTED.remove(name);
        return items == null ? List.of() : items.stream().map(type::cast).toList();
    }

    @Override
    public SinkWriter<T> createWriter(WriterInitContext context) {
        return new Writer<>(name, serializer);
    }

    private record Writer<T>(String name, TypeSerializer<T> serializer) implements SinkWriter<T> {
        @Override
        public void write(T element, Context context) {
            COLLECTED
                    .computeIfAbsent(name, any -> new ConcurrentLinkedQueue<>())
                    .add(serializer.copy(element));
        }

        @Override
        public void flush(boolean endOfInput) {}

        @Override
        public void close() {}
    }
}

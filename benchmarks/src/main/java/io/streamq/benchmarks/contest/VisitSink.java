package io.streamq.benchmarks.contest;

import io.streamq.benchmarks.workload.Visits;
import java.io.Serializable;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Carries counts out of a Flink job in this JVM: Flink serializes only the sink's id. */
record VisitSink(String id) implements Serializable, AutoCloseable {
    private static final Map<String, Visits> OPEN = new ConcurrentHashMap<>();

    static VisitSink into(Visits visits) {
        VisitSink sink = new VisitSink(UUID.randomUUID().toString());
        OPEN.put(sink.id, visits);
        return sink;
    }

    /** Not thread-safe. */
    void add(byte[] key, int action, long times) {
        Visits visits = OPEN.get(id);
        if (visits == null) {
            throw new IllegalStateException("the table is read in another JVM, or is no longer read");
        }
        visits.add(key, action, times);
    }

    @Override
    public void close() {
        OPEN.remove(id);
    }
}

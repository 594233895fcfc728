package io.streamq.benchmarks.contest;

import java.util.Locale;

/** Where Flink keeps rows. */
public enum StateBackend {
    HASHMAP,
    ROCKSDB;

    /** As Flink's setting {@code state.backend.type} names it. */
    public String flinkName() {
        return name().toLowerCase(Locale.ROOT);
    }
}

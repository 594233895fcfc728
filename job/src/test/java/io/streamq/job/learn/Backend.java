package io.streamq.job.learn;

import org.apache.flink.configuration.MemorySize;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;

/** Where rows live: as objects on the heap, or as bytes in RocksDB. */
enum Backend {
    HASHMAP,
    /** With room for a few rows in memory, so that some wait there for a snapshot and others come and go. */
    ROCKSDB;

    StateBackend create() {
        return switch (this) {
            case HASHMAP -> new HashMapStateBackend();
            case ROCKSDB -> new EmbeddedRocksDBStateBackend();
        };
    }

    MemorySize rowBuffer() {
        return MemorySize.parse("1 kb");
    }
}

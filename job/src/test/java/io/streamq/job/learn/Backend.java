package io.streamq.job.learn;

import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;

/** Where rows live: as objects on the heap, or as bytes in RocksDB. */
enum Backend {
    HASHMAP,
    ROCKSDB;

    StateBackend create() {
        return switch (this) {
            case HASHMAP -> new HashMapStateBackend();
            case ROCKSDB -> new EmbeddedRocksDBStateBackend();
        };
    }
}

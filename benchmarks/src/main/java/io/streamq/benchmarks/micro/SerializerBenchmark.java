package io.streamq.benchmarks.micro;

import io.streamq.benchmarks.workload.Workload;
import io.streamq.job.record.HashedKeys;
import io.streamq.job.record.QRowSerializer;
import io.streamq.job.record.StateKey;
import io.streamq.learning.QRow;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Write and read back a row as in RocksDB, and a key as on the network. */
@State(Scope.Thread)
public class SerializerBenchmark {
    private static final int BUFFER_BYTES = 1 << 14;

    @Param({"6", "256"})
    public int actions;

    private final DataOutputSerializer out = new DataOutputSerializer(BUFFER_BYTES);
    private final DataInputDeserializer in = new DataInputDeserializer();
    private StateKey key = StateKey.of("default", "state");
    private QRow row = QRow.untouched(1, 1, 0);

    @Setup
    public void fill() {
        key = StateKey.of("default", Workload.name(1, Workload.LEAST_STATE_BYTES));
        row = QRow.untouched(1, actions, 1);
    }

    @Benchmark
    public Object row() throws IOException {
        out.clear();
        QRowSerializer.INSTANCE.serialize(row, out);
        in.setBuffer(out.getSharedBuffer(), 0, out.length());
        return QRowSerializer.INSTANCE.deserialize(in);
    }

    @Benchmark
    public Object key() throws IOException {
        out.clear();
        HashedKeys.write(key, out);
        in.setBuffer(out.getSharedBuffer(), 0, out.length());
        return HashedKeys.read(in);
    }
}

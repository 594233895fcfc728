package io.streamq.job.record;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Length and bytes, as in snapshots. The job never sends a bare key between operators. The bare Flink job used for comparison does; so as
 * not to burden it with work that StreamQ avoids, it has a form of its own that includes the hash.
 */
public final class StateKeySerializer extends RecordSerializer<StateKey> {
    public static final StateKeySerializer INSTANCE = new StateKeySerializer();

    @Override
    public StateKey createInstance() {
        return StateKey.of("", "");
    }

    @Override
    public void serialize(StateKey key, DataOutputView target) throws IOException {
        byte[] bytes = key.bytes();
        writeVarLong(bytes.length, target);
        target.write(bytes);
    }

    @Override
    public StateKey deserialize(DataInputView source) throws IOException {
        byte[] bytes = new byte[readVarInt(source)];
        source.readFully(bytes);
        return StateKey.owning(bytes);
    }

    @Override
    public TypeSerializerSnapshot<StateKey> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Read by name from snapshots: neither rename nor move. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<StateKey> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}

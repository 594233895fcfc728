package io.streamq.job.record;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Length and bytes, as keys stand in snapshots. The job sends no key by itself between operators. The bare job does that StreamQ is compared
 * with, and so that it has nothing to do that StreamQ spares, there is a form for it that takes the hash along.
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

package io.streamq.job.record;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Length and bytes, as keys stand in snapshots. On the way between operators the hash goes along, so that a key is hashed once. */
public final class StateKeySerializer extends RecordSerializer<StateKey> {
    public static final StateKeySerializer INSTANCE = new StateKeySerializer();

    @Override
    public StateKey createInstance() {
        return StateKey.of("", "");
    }

    @Override
    public void serialize(StateKey key, DataOutputView target) throws IOException {
        writeVarLong(key.bytes().length, target);
        target.write(key.bytes());
    }

    @Override
    public StateKey deserialize(DataInputView source) throws IOException {
        byte[] bytes = new byte[readVarInt(source)];
        source.readFully(bytes);
        return StateKey.owning(bytes);
    }

    /** Writes a key that {@link #readHashed} will read. */
    public static void writeHashed(StateKey key, DataOutputView target) throws IOException {
        target.writeLong(key.hash64());
        writeVarLong(key.bytes().length, target);
        target.write(key.bytes());
    }

    public static StateKey readHashed(DataInputView source) throws IOException {
        long hash = source.readLong();
        byte[] bytes = new byte[readVarInt(source)];
        source.readFully(bytes);
        return StateKey.owning(bytes, hash);
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

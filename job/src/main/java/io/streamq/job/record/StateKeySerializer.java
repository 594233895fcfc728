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

    /**
     * Writes a key that {@link #readHashed} will read: a short one as the words that it is kept in, and each with its hash, so that it is
     * hashed once. For benchmarks only; it stands here as it needs what keys are made of.
     */
    public static void writeHashed(StateKey key, DataOutputView target) throws IOException {
        target.writeInt(key.hashCode());
        target.writeBoolean(key.isInline());
        if (key.isInline()) {
            target.writeLong(key.first());
            target.writeLong(key.second());
        } else {
            INSTANCE.serialize(key, target);
        }
    }

    /** Reads what {@link #writeHashed} wrote. For benchmarks only. */
    public static StateKey readHashed(DataInputView source) throws IOException {
        int hash = source.readInt();
        if (source.readBoolean()) {
            return StateKey.inline(source.readLong(), source.readLong(), hash);
        }
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

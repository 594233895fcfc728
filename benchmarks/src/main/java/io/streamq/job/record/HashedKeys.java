package io.streamq.job.record;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Keys with their hash, so that they are hashed once; in the keys' package, as it needs their internals. */
public final class HashedKeys {
    private HashedKeys() {}

    /** Writes a key for {@link #read}: a short one as the words that hold it. */
    public static void write(StateKey key, DataOutputView target) throws IOException {
        target.writeInt(key.hashCode());
        target.writeBoolean(key.isInline());
        if (key.isInline()) {
            target.writeLong(key.first());
            target.writeLong(key.second());
        } else {
            StateKeySerializer.INSTANCE.serialize(key, target);
        }
    }

    /** Reads what {@link #write} wrote. */
    public static StateKey read(DataInputView source) throws IOException {
        int hash = source.readInt();
        if (source.readBoolean()) {
            return StateKey.inline(source.readLong(), source.readLong(), hash);
        }
        byte[] bytes = new byte[RecordSerializer.readVarInt(source)];
        source.readFully(bytes);
        return StateKey.owning(bytes, hash);
    }
}

package io.streamq.job.record;

import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/** Reads into one reused object, so that reading makes no garbage: it is valid until the next read. Not thread-safe. */
public final class ViewChangesSerializer extends TypeSerializer<ViewChanges> {
    private transient @Nullable ViewChanges read;

    @Override
    public boolean isImmutableType() {
        return false;
    }

    @Override
    public ViewChangesSerializer duplicate() {
        return new ViewChangesSerializer();
    }

    @Override
    public ViewChanges createInstance() {
        return new ViewChanges();
    }

    @Override
    public ViewChanges copy(ViewChanges from) {
        ViewChanges copy = new ViewChanges();
        copy.of(from.shard(), from.shards(), from.extent());
        copy.fill(Arrays.copyOf(from.bytes(), from.length()), from.length());
        return copy;
    }

    @Override
    public ViewChanges copy(ViewChanges from, ViewChanges reuse) {
        return copy(from);
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    @SuppressWarnings("EnumOrdinal") // same release reads it
    public void serialize(ViewChanges changes, DataOutputView target) throws IOException {
        target.writeInt(changes.shard());
        target.writeInt(changes.shards());
        target.writeByte(changes.extent().ordinal());
        target.writeInt(changes.length());
        target.write(changes.bytes(), 0, changes.length());
    }

    @Override
    public ViewChanges deserialize(DataInputView source) throws IOException {
        if (read == null) {
            read = new ViewChanges();
        }
        return deserialize(read, source);
    }

    @Override
    public ViewChanges deserialize(ViewChanges reuse, DataInputView source) throws IOException {
        reuse.of(source.readInt(), source.readInt(), ViewChanges.Extent.of(source.readByte()));
        int length = source.readInt();
        byte[] bytes = reuse.bytes().length < length ? new byte[length] : reuse.bytes();
        source.readFully(bytes, 0, length);
        reuse.fill(bytes, length);
        return reuse;
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        serialize(deserialize(createInstance(), source), target);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ViewChangesSerializer;
    }

    @Override
    public int hashCode() {
        return ViewChangesSerializer.class.hashCode();
    }

    @Override
    public TypeSerializerSnapshot<ViewChanges> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Read by name from snapshots: neither rename nor move. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<ViewChanges> {
        public Snapshot() {
            super(ViewChangesSerializer::new);
        }
    }
}

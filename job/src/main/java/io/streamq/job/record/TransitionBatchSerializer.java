package io.streamq.job.record;

import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.jspecify.annotations.Nullable;

/** For both hops. Reads into a released batch if there is one, so that reading makes no garbage. Not thread-safe. */
public final class TransitionBatchSerializer extends TypeSerializer<TransitionBatch> {
    /** Most capacity that a released batch keeps. */
    private static final int KEPT_BYTES = 1 << 16;

    /** Of a batch. Only one is read, as batches live no longer than their job, except in unaligned checkpoints. */
    private static final int FORMAT = 1;

    private transient @Nullable TransitionBatch spare;

    @Override
    public boolean isImmutableType() {
        return false;
    }

    @Override
    public TransitionBatchSerializer duplicate() {
        return new TransitionBatchSerializer();
    }

    @Override
    public TransitionBatch createInstance() {
        return new TransitionBatch();
    }

    @Override
    public TransitionBatch copy(TransitionBatch from) {
        return new TransitionBatch(Arrays.copyOf(from.bytes(), from.length()), from.length(), from.count());
    }

    @Override
    public TransitionBatch copy(TransitionBatch from, TransitionBatch reuse) {
        return copy(from);
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public void serialize(TransitionBatch batch, DataOutputView target) throws IOException {
        target.writeByte(FORMAT);
        target.writeInt(batch.count());
        target.writeInt(batch.length());
        target.write(batch.bytes(), 0, batch.length());
    }

    @Override
    public TransitionBatch deserialize(DataInputView source) throws IOException {
        TransitionBatch batch = spare == null ? new TransitionBatch() : spare;
        spare = null;
        batch.lentBy(this);
        return deserialize(batch, source);
    }

    @Override
    public TransitionBatch deserialize(TransitionBatch reuse, DataInputView source) throws IOException {
        requireFormat(source.readByte());
        int count = source.readInt();
        int length = source.readInt();
        byte[] bytes = reuse.bytes().length < length ? new byte[length] : reuse.bytes();
        source.readFully(bytes, 0, length);
        reuse.fill(count, bytes, length);
        return reuse;
    }

    /** What another release left in a checkpoint must not be taken for something else. */
    private static void requireFormat(int format) {
        if (format != FORMAT) {
            throw new SuppressRestartsException(
                    new IllegalStateException(
                            "transitions between operators must be in format "
                                    + FORMAT + " of this release: got format " + format
                                    + ", in an unaligned checkpoint of another. Restore a savepoint, or an aligned checkpoint."));
        }
    }

    void takeBack(TransitionBatch batch) {
        batch.clear(KEPT_BYTES);
        spare = batch;
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        serialize(deserialize(createInstance(), source), target);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TransitionBatchSerializer;
    }

    @Override
    public int hashCode() {
        return TransitionBatchSerializer.class.hashCode();
    }

    @Override
    public TypeSerializerSnapshot<TransitionBatch> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Read by name from snapshots: neither rename nor move. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<TransitionBatch> {
        public Snapshot() {
            super(TransitionBatchSerializer::new);
        }
    }
}

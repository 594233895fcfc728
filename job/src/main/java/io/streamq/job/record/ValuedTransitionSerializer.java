package io.streamq.job.record;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The second hop. */
public final class ValuedTransitionSerializer extends RecordSerializer<ValuedTransition> {
    public static final ValuedTransitionSerializer INSTANCE = new ValuedTransitionSerializer();

    @Override
    public ValuedTransition createInstance() {
        return ValuedTransition.ofTerminal(TransitionSerializer.INSTANCE.createInstance());
    }

    @Override
    public void serialize(ValuedTransition transition, DataOutputView target) throws IOException {
        StateKeySerializer.writeHashed(transition.state(), target);
        writeVarLong(transition.action(), target);
        target.writeDouble(transition.reward());
        target.writeDouble(transition.discount());
        writeVarLong(transition.nextStateBytes(), target);
        target.writeDouble(transition.nextValue());
        writeVarLong(transition.nextGeneration(), target);
        writeVarLong(transition.nextAction() + 1, target);
        target.writeLong(transition.identity());
        writeWords(transition.legalActions(), target);
        SourceRecordSerializer.INSTANCE.serialize(transition.source(), target);
    }

    @Override
    public ValuedTransition deserialize(DataInputView source) throws IOException {
        return new ValuedTransition(
                StateKeySerializer.readHashed(source),
                readVarInt(source),
                source.readDouble(),
                source.readDouble(),
                readVarInt(source),
                source.readDouble(),
                readVarInt(source),
                readVarInt(source) - 1,
                source.readLong(),
                readWords(source),
                SourceRecordSerializer.INSTANCE.deserialize(source));
    }

    @Override
    public TypeSerializerSnapshot<ValuedTransition> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Read by name from snapshots: neither rename nor move. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<ValuedTransition> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}

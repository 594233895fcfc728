package io.streamq.job.record;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Between operators of one chain, where nothing is serialized unless Flink is told not to chain. */
public final class TransitionSerializer extends RecordSerializer<Transition> {
    public static final TransitionSerializer INSTANCE = new TransitionSerializer();

    @Override
    public Transition createInstance() {
        return new Transition(
                StateKey.of("", ""), null, 0, 0, 0, 0, 0, null, SourceRecordSerializer.INSTANCE.createInstance());
    }

    @Override
    public void serialize(Transition transition, DataOutputView target) throws IOException {
        StateKeySerializer.writeHashed(transition.state(), target);
        StateKey nextState = transition.nextState();
        target.writeBoolean(nextState != null);
        if (nextState != null) {
            StateKeySerializer.writeHashed(nextState, target);
        }
        writeVarLong(transition.action(), target);
        target.writeDouble(transition.reward());
        target.writeDouble(transition.discount());
        target.writeLong(transition.identity());
        writeVarLong(transition.nextAction() + 1, target);
        writeWords(transition.legalActions(), target);
        SourceRecordSerializer.INSTANCE.serialize(transition.source(), target);
    }

    @Override
    public Transition deserialize(DataInputView source) throws IOException {
        return new Transition(
                StateKeySerializer.readHashed(source),
                source.readBoolean() ? StateKeySerializer.readHashed(source) : null,
                readVarInt(source),
                source.readDouble(),
                source.readDouble(),
                source.readLong(),
                readVarInt(source) - 1,
                readWords(source),
                SourceRecordSerializer.INSTANCE.deserialize(source));
    }

    @Override
    public TypeSerializerSnapshot<Transition> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Read by name from snapshots: neither rename nor move. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Transition> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}

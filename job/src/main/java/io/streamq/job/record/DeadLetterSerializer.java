package io.streamq.job.record;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** To the dead-letter sink. */
public final class DeadLetterSerializer extends RecordSerializer<DeadLetter> {
    public static final DeadLetterSerializer INSTANCE = new DeadLetterSerializer();

    @Override
    public DeadLetter createInstance() {
        return new DeadLetter(SourceRecordSerializer.INSTANCE.createInstance(), Rejection.NOT_AVRO, "");
    }

    @Override
    public void serialize(DeadLetter letter, DataOutputView target) throws IOException {
        SourceRecordSerializer.INSTANCE.serialize(letter.source(), target);
        target.writeUTF(letter.rejection().name());
        target.writeUTF(letter.message());
    }

    @Override
    public DeadLetter deserialize(DataInputView source) throws IOException {
        return new DeadLetter(
                SourceRecordSerializer.INSTANCE.deserialize(source),
                Rejection.valueOf(source.readUTF()),
                source.readUTF());
    }

    @Override
    public TypeSerializerSnapshot<DeadLetter> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Read by name from snapshots: neither rename nor move. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<DeadLetter> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}

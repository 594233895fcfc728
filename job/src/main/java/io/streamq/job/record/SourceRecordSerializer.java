package io.streamq.job.record;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Nested in other records. */
public final class SourceRecordSerializer extends RecordSerializer<SourceRecord> {
    public static final SourceRecordSerializer INSTANCE = new SourceRecordSerializer();

    @Override
    public SourceRecord createInstance() {
        return new SourceRecord(0, 0, 0, null, null);
    }

    @Override
    public void serialize(SourceRecord sourceRecord, DataOutputView target) throws IOException {
        writeVarLong(sourceRecord.partition(), target);
        writeVarLong(sourceRecord.offset(), target);
        target.writeLong(sourceRecord.timestampMillis());
        writeBytes(sourceRecord.key(), target);
        writeBytes(sourceRecord.value(), target);
    }

    @Override
    public SourceRecord deserialize(DataInputView source) throws IOException {
        return new SourceRecord(
                readVarInt(source), readVarLong(source), source.readLong(), readBytes(source), readBytes(source));
    }

    @Override
    public TypeSerializerSnapshot<SourceRecord> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Read by name from snapshots: neither rename nor move. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<SourceRecord> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}

package io.streamq.job.record;

import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** From the source to DECODE where they are not chained, as when their parallelism differs. */
public final class SourceRecordsSerializer extends RecordSerializer<SourceRecords> {
    public static final SourceRecordsSerializer INSTANCE = new SourceRecordsSerializer();

    @Override
    public boolean isImmutableType() {
        return false;
    }

    @Override
    public SourceRecords createInstance() {
        return new SourceRecords();
    }

    @Override
    public SourceRecords copy(SourceRecords from) {
        SourceRecords copy = new SourceRecords();
        copy.fill(from.count(), Arrays.copyOf(from.bytes(), from.length()), from.length());
        return copy;
    }

    @Override
    public void serialize(SourceRecords records, DataOutputView target) throws IOException {
        target.writeInt(records.count());
        target.writeInt(records.length());
        target.write(records.bytes(), 0, records.length());
    }

    @Override
    public SourceRecords deserialize(DataInputView source) throws IOException {
        SourceRecords records = new SourceRecords();
        int count = source.readInt();
        byte[] bytes = new byte[source.readInt()];
        source.readFully(bytes);
        records.fill(count, bytes, bytes.length);
        return records;
    }

    @Override
    public TypeSerializerSnapshot<SourceRecords> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Read by name from snapshots: neither rename nor move. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<SourceRecords> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}

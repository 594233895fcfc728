package io.streamq.job.record;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** To LEARN, and in its snapshots. */
public final class PolicyControlSerializer extends RecordSerializer<PolicyControl> {
    public static final PolicyControlSerializer INSTANCE = new PolicyControlSerializer();

    private static final byte FORMAT = 1;

    @Override
    public PolicyControl createInstance() {
        return new PolicyControl("", null, 0, 0, 0);
    }

    @Override
    public void serialize(PolicyControl control, DataOutputView target) throws IOException {
        target.writeByte(FORMAT);
        target.writeUTF(control.policyId());
        writeBytes(control.config(), target);
        writeVarLong(control.partition(), target);
        writeVarLong(control.offset(), target);
        target.writeLong(control.timestampMillis());
    }

    @Override
    public PolicyControl deserialize(DataInputView source) throws IOException {
        byte format = source.readByte();
        if (format != FORMAT) {
            throw new IOException("a configuration must have format " + FORMAT + ": got " + format
                    + "; was the snapshot written by a later release of StreamQ?");
        }
        return new PolicyControl(
                source.readUTF(), readBytes(source), readVarInt(source), readVarLong(source), source.readLong());
    }

    @Override
    public TypeSerializerSnapshot<PolicyControl> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Read by name from snapshots: neither rename nor move. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<PolicyControl> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}

package io.streamq.job.record;

import io.streamq.schemas.PolicyConfigOutcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** From LEARN to the status topic. */
public final class ControlStatusSerializer extends RecordSerializer<ControlStatus> {
    public static final ControlStatusSerializer INSTANCE = new ControlStatusSerializer();

    @Override
    public ControlStatus createInstance() {
        return new ControlStatus("", 0, 0, PolicyConfigOutcome.UNKNOWN, List.of(), 0, 0, 0, 0, 0, 0, false);
    }

    @Override
    public void serialize(ControlStatus status, DataOutputView target) throws IOException {
        target.writeUTF(status.policyId());
        writeVarLong(status.shard(), target);
        writeVarLong(status.shards(), target);
        target.writeUTF(status.outcome().name());
        writeVarLong(status.violations().size(), target);
        for (String violation : status.violations()) {
            target.writeUTF(violation);
        }
        writeVarLong(status.generation(), target);
        writeVarLong(status.partition(), target);
        writeVarLong(status.offset(), target);
        writeVarLong(status.rows(), target);
        writeVarLong(status.epoch(), target);
        target.writeLong(status.updatedAtMillis());
        target.writeBoolean(status.durable());
    }

    @Override
    public ControlStatus deserialize(DataInputView source) throws IOException {
        String policyId = source.readUTF();
        int shard = readVarInt(source);
        int shards = readVarInt(source);
        PolicyConfigOutcome outcome = PolicyConfigOutcome.valueOf(source.readUTF());
        int count = readVarInt(source);
        List<String> violations = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            violations.add(source.readUTF());
        }
        return new ControlStatus(
                policyId,
                shard,
                shards,
                outcome,
                violations,
                readVarLong(source),
                readVarInt(source),
                readVarLong(source),
                readVarLong(source),
                readVarLong(source),
                source.readLong(),
                source.readBoolean());
    }

    @Override
    public TypeSerializerSnapshot<ControlStatus> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Read by name from snapshots: neither rename nor move. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<ControlStatus> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}

package io.streamq.job.record;

import io.streamq.schemas.UpdateReason;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** To the policy topic; used only where the sink is not chained. */
public final class PolicyChangeSerializer extends RecordSerializer<PolicyChange> {
    public static final PolicyChangeSerializer INSTANCE = new PolicyChangeSerializer();

    @Override
    public PolicyChange createInstance() {
        return new PolicyChange();
    }

    @Override
    public boolean isImmutableType() {
        return false;
    }

    @Override
    public PolicyChange copy(PolicyChange from) {
        return from.copy();
    }

    @Override
    public void serialize(PolicyChange change, DataOutputView target) throws IOException {
        StateKeySerializer.INSTANCE.serialize(change.state(), target);
        writeVarLong(change.action(), target);
        writeVarLong(change.qValues().length, target);
        for (int action = 0; action < change.qValues().length; action++) {
            target.writeDouble(change.qValues()[action]);
            writeVarLong(change.visits()[action], target);
        }
        writeVarLong(change.version(), target);
        target.writeLong(change.epoch());
        target.writeUTF(change.reason().name());
        target.writeLong(change.updatedAtMillis());
    }

    @Override
    public PolicyChange deserialize(DataInputView source) throws IOException {
        PolicyChange change = new PolicyChange();
        StateKey state = StateKeySerializer.INSTANCE.deserialize(source);
        int greedyAction = readVarInt(source);
        change.makeRoom(readVarInt(source));
        for (int action = 0; action < change.qValues().length; action++) {
            change.qValues()[action] = source.readDouble();
            change.visits()[action] = readVarLong(source);
        }
        return change.fill(
                state,
                greedyAction,
                readVarLong(source),
                source.readLong(),
                UpdateReason.valueOf(source.readUTF()),
                source.readLong());
    }

    @Override
    public TypeSerializerSnapshot<PolicyChange> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Read by name from snapshots: neither rename nor move. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<PolicyChange> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}

package io.streamq.benchmarks.floor;

import io.streamq.benchmarks.floor.FloorJob.Step;
import io.streamq.job.record.HashedKeys;
import io.streamq.job.record.RecordSerializer;
import io.streamq.job.record.RecordType;
import io.streamq.job.record.StateKey;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Key, action, reward. */
public final class StepSerializer extends RecordSerializer<Step> {
    static final StepSerializer INSTANCE = new StepSerializer();
    static final RecordType<Step> TYPE = RecordType.of(Step.class, INSTANCE);

    @Override
    public Step createInstance() {
        return new Step(StateKey.of("", ""), 0, 0);
    }

    @Override
    public void serialize(Step step, DataOutputView target) throws IOException {
        HashedKeys.write(step.state(), target);
        writeVarLong(step.action(), target);
        target.writeDouble(step.reward());
    }

    @Override
    public Step deserialize(DataInputView source) throws IOException {
        return new Step(HashedKeys.read(source), readVarInt(source), source.readDouble());
    }

    @Override
    public TypeSerializerSnapshot<Step> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Read by name from snapshots. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Step> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}

package io.streamq.job.learn;

import io.streamq.job.record.PolicyChange;
import io.streamq.job.record.PolicyControl;
import io.streamq.job.record.RecordType;
import io.streamq.job.record.StateKey;
import io.streamq.job.record.TransitionBatch;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.streaming.api.operators.SimpleOperatorFactory;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;

/** LEARN with its first input keyed by state and its second one broadcast, which Flink's own harnesses do not offer for an operator. */
final class LearnHarness extends AbstractStreamOperatorTestHarness<PolicyChange> {
    private final LearnOperator learn;

    LearnHarness(LearnOperator learn, MockEnvironment environment) throws Exception {
        super(SimpleOperatorFactory.of(learn), environment);
        this.learn = learn;
        KeySelector<TransitionBatch, StateKey> byState = TransitionBatch::firstState;
        config.setStatePartitioner(0, byState);
        config.setStateKeySerializer(ShardHarness.serializer(RecordType.STATE_KEY));
        config.serializeAllConfigs();
    }

    /** All transitions of a batch, wherever it stands. */
    void process(TransitionBatch batch) throws Exception {
        batch.rewind();
        StreamRecord<TransitionBatch> element = new StreamRecord<>(batch);
        learn.setKeyContextElement1(element);
        learn.processElement1(element);
    }

    void process(PolicyControl control) throws Exception {
        StreamRecord<PolicyControl> element = new StreamRecord<>(control);
        learn.setKeyContextElement2(element);
        learn.processElement2(element);
    }

    /** The end of both inputs. */
    void finish() throws Exception {
        learn.finish();
    }

    /** Ends the task as a crash does: what waits is not done. */
    @Override
    public void close() throws Exception {
        processingTimeService.shutdownService();
        learn.close();
    }
}

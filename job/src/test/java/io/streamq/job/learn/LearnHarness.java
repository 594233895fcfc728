package io.streamq.job.learn;

import io.streamq.job.record.PolicyChange;
import io.streamq.job.record.PolicyControl;
import io.streamq.job.record.RecordType;
import io.streamq.job.record.StateKey;
import io.streamq.job.record.TransitionBatch;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.streaming.api.operators.SimpleOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;

/** LEARN with its first input keyed by state and its second one broadcast, which Flink's own harnesses do not offer for an operator. */
final class LearnHarness extends AbstractStreamOperatorTestHarness<PolicyChange> {
    private final LearnOperator learn;
    private final Factory withClock;

    /** Gives LEARN a clock that can be corrected. */
    private static final class Factory extends SimpleOperatorFactory<PolicyChange> {
        private transient WallClock clock;

        Factory(LearnOperator learn) {
            super(learn);
        }

        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals") // Flink declares it so
        public <T extends StreamOperator<PolicyChange>> T createStreamOperator(
                StreamOperatorParameters<PolicyChange> parameters) {
            clock = new WallClock(parameters.getProcessingTimeService());
            return super.createStreamOperator(new StreamOperatorParameters<>(
                    parameters.getContainingTask(),
                    parameters.getStreamConfig(),
                    parameters.getOutput(),
                    () -> clock,
                    parameters.getOperatorEventDispatcher(),
                    parameters.getMailboxExecutor()));
        }
    }

    LearnHarness(LearnOperator learn, MockEnvironment environment) throws Exception {
        this(learn, new Factory(learn), environment);
    }

    private LearnHarness(LearnOperator learn, Factory factory, MockEnvironment environment) throws Exception {
        super(factory, environment);
        this.learn = learn;
        withClock = factory;
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

    /** Sets the clock that LEARN sees on, or back by a negative number, while as much time passes as before. */
    void correctClock(long millis) {
        withClock.clock.correct(millis);
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

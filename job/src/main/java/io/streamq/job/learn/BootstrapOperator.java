package io.streamq.job.learn;

import io.streamq.job.record.StateKey;
import io.streamq.job.record.Transition;
import io.streamq.job.record.ValuedTransition;
import java.time.Duration;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * BOOTSTRAP: on the shard of the successor, attaches its value to a transition. Has no state of its own; it reads what LEARN of
 * the same shard publishes.
 */
public final class BootstrapOperator extends AbstractStreamOperator<ValuedTransition>
        implements OneInputStreamOperator<Transition, ValuedTransition> {
    private final Duration partnerTimeout;
    private final ShardLocator locator;

    private transient Shard shard;
    private transient SuccessorView view;
    private transient SuccessorLookup successors;

    public BootstrapOperator(Duration partnerTimeout) {
        this(partnerTimeout, ShardLocator.BY_EXECUTION);
    }

    BootstrapOperator(Duration partnerTimeout, ShardLocator locator) {
        this.partnerTimeout = partnerTimeout;
        this.locator = locator;
    }

    @Override
    public void open() throws Exception {
        super.open();
        successors = new SuccessorLookup(getMetricGroup());
        shard = Shard.joinAsBootstrap(
                locator.locate(getContainingTask().getEnvironment()),
                Placement.of(getRuntimeContext().getTaskInfo()));
        view = shard.awaitView(partnerTimeout);
    }

    @Override
    public void processElement(StreamRecord<Transition> element) {
        Transition transition = element.getValue();
        StateKey nextState = transition.nextState();
        output.collect(element.replace(
                nextState == null
                        ? ValuedTransition.ofTerminal(transition)
                        : successors.valued(transition, nextState, view)));
    }

    @Override
    public void close() throws Exception {
        Shard.leave(shard);
        super.close();
    }
}

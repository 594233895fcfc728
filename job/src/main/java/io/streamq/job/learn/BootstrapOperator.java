package io.streamq.job.learn;

import io.streamq.job.metrics.StreamQMetrics;
import io.streamq.job.options.JobOptions.PolicyDefaults;
import io.streamq.job.record.StateKey;
import io.streamq.job.record.Transition;
import io.streamq.job.record.ValuedTransition;
import java.time.Duration;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * BOOTSTRAP: on the shard of the successor, attaches its value to a transition. Has no state of its own; it reads what LEARN of
 * the same shard publishes.
 */
public final class BootstrapOperator extends AbstractStreamOperator<ValuedTransition>
        implements OneInputStreamOperator<Transition, ValuedTransition> {
    private static final double NOTHING = 0;

    private final PolicyDefaults policy;
    private final Duration partnerTimeout;
    private final ShardLocator locator;

    private transient Shard shard;
    private transient SuccessorView view;
    private transient Counter unseenSuccessors;

    public BootstrapOperator(PolicyDefaults policy, Duration partnerTimeout) {
        this(policy, partnerTimeout, ShardLocator.BY_EXECUTION);
    }

    BootstrapOperator(PolicyDefaults policy, Duration partnerTimeout, ShardLocator locator) {
        this.policy = policy;
        this.partnerTimeout = partnerTimeout;
        this.locator = locator;
    }

    @Override
    public void open() throws Exception {
        super.open();
        unseenSuccessors = getMetricGroup().addGroup(StreamQMetrics.GROUP).counter(StreamQMetrics.UNSEEN_SUCCESSORS);
        shard = Shard.joinAsBootstrap(
                locator.locate(getContainingTask().getEnvironment()),
                Placement.of(getRuntimeContext().getTaskInfo()));
        view = shard.awaitView(partnerTimeout);
    }

    @Override
    public void processElement(StreamRecord<Transition> element) {
        Transition transition = element.getValue();
        StateKey nextState = transition.nextState();
        double nextValue = nextState == null ? NOTHING : valueOf(nextState, transition);
        output.collect(element.replace(ValuedTransition.of(transition, nextValue)));
    }

    private double valueOf(StateKey nextState, Transition transition) {
        long address = view.addressOf(nextState);
        if (address == SuccessorView.ABSENT) {
            unseenSuccessors.inc();
            return policy.initialQ();
        }
        return view.read(address, policy.algorithm().bootstrapIndex(transition.coin(), transition.nextAction()));
    }

    @Override
    public void close() throws Exception {
        Shard.leave(shard);
        super.close();
    }
}

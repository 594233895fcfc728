package io.streamq.job.learn;

import io.streamq.job.record.RecordType;
import io.streamq.job.record.StateKey;
import io.streamq.job.record.Transition;
import io.streamq.job.record.ValuedTransition;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Spares transitions the way to BOOTSTRAP: attaches the successor's value right behind the source if the successor's shard lives
 * in this JVM and has all its rows, or if there is nothing to bootstrap. All others leave by {@link #REMOTE}. On one TaskManager
 * that is none, on n TaskManagers all but one in n.
 */
public final class LocalBootstrapOperator extends AbstractStreamOperator<ValuedTransition>
        implements OneInputStreamOperator<Transition, ValuedTransition> {
    /** Transitions whose successor is to be looked up on its own shard. */
    public static final OutputTag<Transition> REMOTE = new OutputTag<>("remote-successor", RecordType.TRANSITION);

    private final int maxParallelism;
    private final ShardLocator locator;

    private transient LocalShards shards;
    private transient SuccessorLookup successors;

    /** @param maxParallelism of BOOTSTRAP and LEARN */
    public LocalBootstrapOperator(int maxParallelism) {
        this(maxParallelism, ShardLocator.BY_EXECUTION);
    }

    LocalBootstrapOperator(int maxParallelism, ShardLocator locator) {
        this.maxParallelism = maxParallelism;
        this.locator = locator;
    }

    @Override
    public void open() throws Exception {
        super.open();
        shards = new LocalShards(locator.locate(getContainingTask().getEnvironment()), maxParallelism);
        successors = new SuccessorLookup(getMetricGroup());
    }

    @Override
    public void processElement(StreamRecord<Transition> element) {
        Transition transition = element.getValue();
        StateKey nextState = transition.nextState();
        if (nextState == null) {
            output.collect(element.replace(ValuedTransition.ofTerminal(transition)));
            return;
        }
        SuccessorView view = shards.viewOf(KeyGroupRangeAssignment.assignToKeyGroup(nextState, maxParallelism));
        if (view == null) {
            output.collect(REMOTE, element);
        } else {
            output.collect(element.replace(successors.valued(transition, nextState, view)));
        }
    }
}

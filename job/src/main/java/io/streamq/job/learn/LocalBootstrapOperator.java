package io.streamq.job.learn;

import io.streamq.job.record.RecordType;
import io.streamq.job.record.StateKey;
import io.streamq.job.record.Transition;
import io.streamq.job.record.TransitionBatch;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Spares transitions the way to BOOTSTRAP: attaches the successor's value right behind the source if the successor's shard lives
 * in this JVM and has all its rows, or if there is nothing to bootstrap. All others leave by {@link #REMOTE}. On one TaskManager
 * that is none, on n TaskManagers all but one in n.
 */
public final class LocalBootstrapOperator extends ValuingOperator
        implements OneInputStreamOperator<Transition, TransitionBatch> {
    /** Transitions whose successor is to be looked up on its own shard. */
    public static final OutputTag<TransitionBatch> REMOTE =
            new OutputTag<>("remote-successor", RecordType.TRANSITION_BATCH);

    private final ShardLocator locator;

    private transient LocalShards shards;
    private transient KeyGroupBatches toBootstrap;
    /** Transitions whose successors are looked up together, by the number that each has there. */
    private transient Transition[] gathered;

    /** As in {@link ValuingOperator}. */
    public LocalBootstrapOperator(int maxParallelism, long waitMillis) {
        this(maxParallelism, waitMillis, ShardLocator.BY_EXECUTION);
    }

    LocalBootstrapOperator(int maxParallelism, long waitMillis, ShardLocator locator) {
        super(maxParallelism, waitMillis, 0);
        this.locator = locator;
    }

    @Override
    public void open() throws Exception {
        super.open();
        shards = new LocalShards(locator.locate(getContainingTask().getEnvironment()), maxParallelism());
        toBootstrap = batchesTo(batch -> output.collect(REMOTE, batch));
        gathered = new Transition[SuccessorView.TOGETHER];
    }

    @Override
    public void processElement(StreamRecord<Transition> element) {
        Transition transition = element.getValue();
        StateKey nextState = transition.nextState();
        if (nextState == null) {
            gather(transition, null); // with the others, and so in the order in which they came
        } else {
            SuccessorView view = shards.viewOf(KeyGroupRangeAssignment.assignToKeyGroup(nextState, maxParallelism()));
            if (view == null) {
                toBootstrap.addByNextState(transition, nextState);
            } else {
                gather(transition, view);
            }
        }
        sendInTime();
    }

    private void gather(Transition transition, @Nullable SuccessorView view) {
        gathered[successors().count()] = transition;
        successors().add(transition.nextState(), view);
        if (successors().isFull()) {
            valueGathered();
        }
    }

    private void valueGathered() {
        successors().prefetch();
        for (int i = 0; i < successors().count(); i++) {
            Transition transition = gathered[i];
            double value = successors().valueOf(i, transition.identity(), transition.nextAction());
            toLearn().add(transition, value, successors().generation());
        }
        successors().clear();
    }

    @Override
    void send() {
        valueGathered();
        toBootstrap.send();
        super.send();
    }
}

package io.streamq.job.learn;

import io.streamq.job.record.TransitionBatch;
import java.time.Duration;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** BOOTSTRAP: on the successor's shard, attaches its value to a transition. Stateless; reads what LEARN of the same shard publishes. */
public final class BootstrapOperator extends ValuingOperator
        implements OneInputStreamOperator<TransitionBatch, TransitionBatch> {
    private final Duration partnerTimeout;
    private final ShardLocator locator;

    private transient Shard shard;
    private transient SuccessorView view;

    /** As in {@link ValuingOperator}. */
    public BootstrapOperator(Duration partnerTimeout, int maxParallelism, long waitMillis) {
        this(partnerTimeout, maxParallelism, waitMillis, ShardLocator.BY_EXECUTION);
    }

    BootstrapOperator(Duration partnerTimeout, int maxParallelism, long waitMillis, ShardLocator locator) {
        super(maxParallelism, waitMillis, waitMillis / 2);
        this.partnerTimeout = partnerTimeout;
        this.locator = locator;
    }

    @Override
    public void open() throws Exception {
        super.open();
        shard = Shard.joinAsBootstrap(
                locator.locate(getContainingTask().getEnvironment()),
                Placement.of(getRuntimeContext().getTaskInfo()));
        view = shard.awaitView(partnerTimeout);
    }

    @Override
    public void processElement(StreamRecord<TransitionBatch> element) {
        TransitionBatch batch = element.getValue();
        getMetricGroup().getIOMetricGroup().getNumRecordsInCounter().inc(batch.count() - 1L);
        while (successors().addAhead(batch, view) > 0) {
            value(batch);
        }
        batch.release();
        sendInTime();
    }

    /** Values the transitions whose successors were added, and passes them on. */
    private void value(TransitionBatch batch) {
        successors().prefetch();
        for (int i = 0; i < successors().count() && batch.next(); i++) {
            double value = successors().valueOf(i, batch.identity(), batch.nextAction());
            toLearn().add(batch, value, successors().generation());
        }
        successors().clear();
    }

    @Override
    public void close() throws Exception {
        Shard.leave(shard);
        super.close();
    }
}

package io.streamq.job.learn;

import io.streamq.job.record.TransitionBatch;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Consumer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * Common base of the operators that attach successors' values: lookups, and the batches in which transitions go on. What is gathered is
 * sent in time, before each checkpoint barrier, and at the end of the input.
 */
abstract class ValuingOperator extends AbstractStreamOperator<TransitionBatch> {
    private final int maxParallelism;
    private final long waitMillis;
    private final long phaseMillis;

    private transient SuccessorLookup successors;
    private transient KeyGroupBatches toLearn;
    private transient @Nullable ScheduledFuture<?> alarm;

    /**
     * @param maxParallelism of BOOTSTRAP and LEARN
     * @param waitMillis how long a transition waits for others to go with it; 0: not at all, negative: until the batch is full
     * @param phaseMillis waiting ones are sent this much after each multiple of the wait
     */
    ValuingOperator(int maxParallelism, long waitMillis, long phaseMillis) {
        this.maxParallelism = maxParallelism;
        this.waitMillis = waitMillis;
        this.phaseMillis = phaseMillis;
    }

    @Override
    public void open() throws Exception {
        super.open();
        successors = new SuccessorLookup(getMetricGroup());
        toLearn = batchesTo(output::collect);
    }

    /** Batches that leave by one of the operator's outputs. */
    final KeyGroupBatches batchesTo(Consumer<StreamRecord<TransitionBatch>> exit) {
        SentRecords sent = new SentRecords(this);
        StreamRecord<TransitionBatch> outgoing = new StreamRecord<>(null);
        return new KeyGroupBatches(maxParallelism, batch -> {
            sent.countsAs(batch.count());
            exit.accept(outgoing.replace(batch));
        });
    }

    final int maxParallelism() {
        return maxParallelism;
    }

    final SuccessorLookup successors() {
        return successors;
    }

    final KeyGroupBatches toLearn() {
        return toLearn;
    }

    /** Call after each element. */
    final void sendInTime() {
        if (waitMillis == 0) {
            send();
        } else if (alarm == null && waitMillis > 0) {
            long now = getProcessingTimeService().getCurrentProcessingTime();
            long sinceLast = Math.floorMod(now - phaseMillis, waitMillis);
            alarm = getProcessingTimeService().registerTimer(now - sinceLast + waitMillis, timestamp -> {
                alarm = null;
                send();
            });
        }
    }

    /** Sends all that was gathered. */
    void send() {
        toLearn.send();
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        super.prepareSnapshotPreBarrier(checkpointId);
        send();
    }

    @Override
    public void finish() throws Exception {
        send();
        super.finish();
    }

    @Override
    public void close() throws Exception {
        if (alarm != null) {
            alarm.cancel(false);
        }
        super.close();
    }
}

package io.streamq.job.learn;

import io.streamq.job.decode.ExperienceDecoder;
import io.streamq.job.record.RecordType;
import io.streamq.job.record.SourceRecords;
import io.streamq.job.record.TransitionBatch;
import io.streamq.job.rejection.DeadLetters;
import io.streamq.job.rejection.RejectedException;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * DECODE: makes a transition of each record and skips BOOTSTRAP where it can: it attaches the successor's value at once if the view of the
 * successor's shard is readable in this JVM, as the shard lives here or has a replica here, or if there is nothing to bootstrap. All others
 * leave by {@link #REMOTE}: none on one TaskManager, all but one in n on n without replicas. What cannot be learnt from leaves by
 * {@link DeadLetters#TAG}, and the job goes on.
 */
public final class DecodeOperator extends ValuingOperator
        implements OneInputStreamOperator<SourceRecords, TransitionBatch> {
    /** Transitions whose successor must be looked up on its own shard. */
    public static final OutputTag<TransitionBatch> REMOTE =
            new OutputTag<>("remote-successor", RecordType.TRANSITION_BATCH);

    private final ShardLocator locator;

    private transient ExperienceDecoder decoder;
    private transient DeadLetters deadLetters;
    private transient ReadableViews shards;
    private transient KeyGroupBatches toBootstrap;
    /** For each transition of a group of lookups: the key group of its batch, and its index in there. */
    private transient int[] keyGroups;

    private transient int[] starts;

    /** As in {@link ValuingOperator}. */
    public DecodeOperator(int maxParallelism, long waitMillis) {
        this(maxParallelism, waitMillis, ShardLocator.BY_EXECUTION);
    }

    DecodeOperator(int maxParallelism, long waitMillis, ShardLocator locator) {
        super(maxParallelism, waitMillis, 0);
        this.locator = locator;
    }

    @Override
    public void open() throws Exception {
        super.open();
        decoder = new ExperienceDecoder();
        deadLetters = new DeadLetters(getMetricGroup());
        shards = new ReadableViews(locator.locate(getContainingTask().getEnvironment()), maxParallelism());
        toBootstrap = batchesTo(batch -> output.collect(REMOTE, batch));
        keyGroups = new int[SuccessorView.TOGETHER];
        starts = new int[SuccessorView.TOGETHER];
    }

    @Override
    public void processElement(StreamRecord<SourceRecords> element) {
        SourceRecords records = element.getValue();
        getMetricGroup().getIOMetricGroup().getNumRecordsInCounter().inc(records.count() - 1L); // Flink counts one
        while (records.next()) {
            try {
                decoder.decode(records);
                receive();
            } catch (RejectedException rejected) {
                output.collect(DeadLetters.TAG, new StreamRecord<>(deadLetters.letter(records.record(), rejected)));
            }
        }
        sendInTime();
    }

    private void receive() {
        if (decoder.bootstraps()) {
            int keyGroup = toBootstrap.keyGroup(decoder.nextState());
            SuccessorView view = shards.viewOf(keyGroup);
            if (view == null) {
                TransitionBatch batch = toBootstrap.batchOf(keyGroup);
                decoder.addTo(batch);
                batch.addNextState(decoder.nextState());
                toBootstrap.sendIfFull(keyGroup);
            } else {
                successors().add(decoder.nextState(), view);
                gather();
            }
        } else {
            successors().addNone(); // queued with the others, to keep the order of arrival
            gather();
        }
    }

    /** Adds the transition to its key group's batch. Its successor's value is looked up later, with others. */
    private void gather() {
        int number = successors().count() - 1;
        int keyGroup = toLearn().keyGroup(decoder.state());
        TransitionBatch batch = toLearn().batchOf(keyGroup);
        decoder.addTo(batch);
        keyGroups[number] = keyGroup;
        starts[number] = batch.last();
        if (successors().isFull() || toLearn().isFull(keyGroup)) {
            valueGathered();
            toLearn().sendIfFull(keyGroup); // no other is full: it would have been sent
        }
    }

    private void valueGathered() {
        successors().prefetch();
        for (int i = 0; i < successors().count(); i++) {
            TransitionBatch batch = toLearn().batchOf(keyGroups[i]);
            batch.standAt(starts[i]);
            double value = successors().valueOf(i, batch.identity(), batch.nextAction());
            batch.setNextValue(value, successors().generation());
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

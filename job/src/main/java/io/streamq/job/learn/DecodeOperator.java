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
 * DECODE: makes a transition of each record, and spares it the way to BOOTSTRAP where it can: attaches the successor's value at once if
 * the view of the successor's shard can be read in this JVM, as it lives here or tells a replica here, or if there is nothing to
 * bootstrap. All others leave by {@link #REMOTE}: on one TaskManager none, on n without replicas all but one in n. What cannot be learnt from leaves by
 * {@link DeadLetters#TAG}, and the job goes on.
 */
public final class DecodeOperator extends ValuingOperator
        implements OneInputStreamOperator<SourceRecords, TransitionBatch> {
    /** Transitions whose successor is to be looked up on its own shard. */
    public static final OutputTag<TransitionBatch> REMOTE =
            new OutputTag<>("remote-successor", RecordType.TRANSITION_BATCH);

    private final ShardLocator locator;

    private transient ExperienceDecoder decoder;
    private transient DeadLetters deadLetters;
    private transient ReadableViews shards;
    private transient KeyGroupBatches toBootstrap;
    /** Of the transitions whose successors are looked up together: the batch that each is in, and where it begins there. */
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
            successors().addNone(); // it goes with the others, and so in the order in which they came
            gather();
        }
    }

    /** Adds the transition to those of its key group. Its successor's value is looked up later, with those of others. */
    private void gather() {
        int number = successors().count() - 1;
        int keyGroup = toLearn().keyGroup(decoder.state());
        TransitionBatch batch = toLearn().batchOf(keyGroup);
        decoder.addTo(batch);
        keyGroups[number] = keyGroup;
        starts[number] = batch.last();
        if (successors().isFull() || toLearn().isFull(keyGroup)) {
            valueGathered();
            toLearn().sendIfFull(keyGroup); // no other is: it would have gone when it became so
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

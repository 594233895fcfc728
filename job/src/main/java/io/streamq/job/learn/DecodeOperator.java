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
 * the successor's shard lives in this JVM and has all its rows, or if there is nothing to bootstrap; and leaves the value to LEARN if
 * state and successor are of one shard elsewhere. All others leave by {@link #REMOTE}: on one TaskManager none, on n of them with p shards
 * (n - 1)/n * (1 - 1/p) if successors are anywhere. What cannot be learnt from leaves by {@link DeadLetters#TAG}, and the job goes on.
 */
public final class DecodeOperator extends ValuingOperator
        implements OneInputStreamOperator<SourceRecords, TransitionBatch> {
    /** Transitions whose successor is to be looked up on its own shard. */
    public static final OutputTag<TransitionBatch> REMOTE =
            new OutputTag<>("remote-successor", RecordType.TRANSITION_BATCH);

    private final boolean learnLooksUp;
    private final ShardLocator locator;

    private transient ExperienceDecoder decoder;
    private transient DeadLetters deadLetters;
    private transient LocalShards shards;
    private transient KeyGroupBatches toBootstrap;
    /** Of the transitions whose successors are looked up together: the batch that each is in, and where it begins there. */
    private transient int[] keyGroups;

    private transient int[] starts;

    /**
     * As in {@link ValuingOperator}.
     *
     * @param learnLooksUp whether LEARN looks successors up that are of its own shard. Not where a snapshot keeps what is in flight: by
     *     another parallelism it may come to a shard that has the state and not the successor
     */
    public DecodeOperator(int maxParallelism, long waitMillis, boolean learnLooksUp) {
        this(maxParallelism, waitMillis, learnLooksUp, ShardLocator.BY_EXECUTION);
    }

    DecodeOperator(int maxParallelism, long waitMillis, boolean learnLooksUp, ShardLocator locator) {
        super(maxParallelism, waitMillis, 0);
        this.learnLooksUp = learnLooksUp;
        this.locator = locator;
    }

    @Override
    public void open() throws Exception {
        super.open();
        decoder = new ExperienceDecoder();
        deadLetters = new DeadLetters(getMetricGroup());
        shards = new LocalShards(locator.locate(getContainingTask().getEnvironment()), maxParallelism());
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
        int keyGroup = toLearn().keyGroup(decoder.state());
        if (!decoder.bootstraps()) {
            successors().addNone(); // it goes with the others, and so in the order in which they came
            gather(keyGroup, false);
            return;
        }
        int nextKeyGroup = toBootstrap.keyGroup(decoder.nextState());
        SuccessorView view = shards.viewOf(nextKeyGroup);
        if (view != null) {
            successors().add(decoder.nextState(), view);
            gather(keyGroup, false);
        } else if (learnLooksUp && shards.areTogether(keyGroup, nextKeyGroup)) {
            successors().addNone();
            gather(keyGroup, true);
        } else {
            addTo(toBootstrap.batchOf(nextKeyGroup), true);
            toBootstrap.sendIfFull(nextKeyGroup);
        }
    }

    private void addTo(TransitionBatch batch, boolean withNextState) {
        decoder.addTo(batch);
        if (withNextState) {
            batch.addNextState(decoder.nextState());
        }
    }

    /** Adds the transition to those of its key group. Its successor's value is looked up later, with those of others. */
    private void gather(int keyGroup, boolean withNextState) {
        int number = successors().count() - 1;
        TransitionBatch batch = toLearn().batchOf(keyGroup);
        addTo(batch, withNextState);
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
            successors().value(batch, i);
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

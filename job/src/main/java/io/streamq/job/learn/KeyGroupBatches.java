package io.streamq.job.learn;

import io.streamq.job.record.KeyWords;
import io.streamq.job.record.TransitionBatch;
import java.util.BitSet;
import java.util.function.Consumer;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.jspecify.annotations.Nullable;

/**
 * Gathers transitions by key group and hands the batch of a key group over when it is full, or when told to. Whoever gets it must be done
 * with it when the call returns. Owned by one thread.
 */
final class KeyGroupBatches {
    /** About eighty transitions: enough to share Flink's price of a record, few enough not to be old when they are learnt from. */
    private static final int MAX_BATCH_BYTES = 8 << 10;
    /** What may wait in all batches together, unless key groups are so many that this would be next to nothing for each. */
    private static final int MAX_BYTES = 4 << 20;

    private static final int MIN_BATCH_BYTES = 1 << 10;

    private final @Nullable TransitionBatch[] byKeyGroup;
    private final BitSet waiting;
    private final int batchBytes;
    private final Consumer<TransitionBatch> receiver;

    KeyGroupBatches(int keyGroups, Consumer<TransitionBatch> receiver) {
        this.byKeyGroup = new TransitionBatch[keyGroups];
        this.waiting = new BitSet(keyGroups);
        this.batchBytes = Math.max(MIN_BATCH_BYTES, Math.min(MAX_BATCH_BYTES, MAX_BYTES / keyGroups));
        this.receiver = receiver;
    }

    /** The key group of a key. */
    int keyGroup(KeyWords key) {
        return keyGroup(key.hash());
    }

    private int keyGroup(int keyHash) {
        return KeyGroupRangeAssignment.computeKeyGroupForKeyHash(keyHash, byKeyGroup.length);
    }

    /** The batch of a key group, for one transition to be added, and {@link #sendIfFull} to be called once it is whole. */
    TransitionBatch batchOf(int keyGroup) {
        TransitionBatch batch = byKeyGroup[keyGroup];
        if (batch == null) {
            batch = new TransitionBatch();
            byKeyGroup[keyGroup] = batch;
        }
        if (batch.count() == 0) {
            waiting.set(keyGroup);
        }
        return batch;
    }

    /** Adds the transition at which a batch stands, with its successor's value, to those of its state's key group. */
    void add(TransitionBatch current, double nextValue, int nextGeneration) {
        int keyGroup = keyGroup(current.stateHash());
        batchOf(keyGroup).add(current, nextValue, nextGeneration);
        sendIfFull(keyGroup);
    }

    /** Hands the batch of a key group over if it is full. */
    void sendIfFull(int keyGroup) {
        if (isFull(keyGroup)) {
            send(keyGroup, batchOf(keyGroup));
        }
    }

    /** Whether the batch of a key group has all that may go together. */
    boolean isFull(int keyGroup) {
        TransitionBatch batch = byKeyGroup[keyGroup];
        return batch != null && batch.length() >= batchBytes;
    }

    /** Hands over all that wait. */
    void send() {
        for (int keyGroup = waiting.nextSetBit(0); keyGroup >= 0; keyGroup = waiting.nextSetBit(keyGroup + 1)) {
            send(keyGroup, batchOf(keyGroup));
        }
    }

    private void send(int keyGroup, TransitionBatch batch) {
        receiver.accept(batch);
        batch.clear(2 * batchBytes);
        waiting.clear(keyGroup);
    }
}

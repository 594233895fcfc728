package io.streamq.job.learn;

import io.streamq.job.record.KeyWords;
import io.streamq.job.record.TransitionBatch;
import java.util.BitSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Collects transitions by key group and passes a key group's batch on when it is full, or when told to. The receiver must not keep the
 * batch when it returns: it is reused. Not thread-safe.
 */
final class KeyGroupBatches {
    /** More than a hundred transitions: enough to amortise Flink's cost per record, few enough not to be old when learnt from. */
    private static final int MAX_BATCH_BYTES = 8 << 10;
    /** Limit on all batches together, unless so many key groups would leave next to nothing for each. */
    private static final int MAX_BYTES = 4 << 20;

    private static final int MIN_BATCH_BYTES = 1 << 10;

    private final KeyGroups keyGroups;
    private final @Nullable TransitionBatch[] byKeyGroup;
    private final BitSet waiting;
    private final int batchBytes;
    private final Consumer<TransitionBatch> receiver;

    KeyGroupBatches(int keyGroups, Consumer<TransitionBatch> receiver) {
        this.keyGroups = new KeyGroups(keyGroups);
        this.byKeyGroup = new TransitionBatch[keyGroups];
        this.waiting = new BitSet(keyGroups);
        this.batchBytes = Math.max(MIN_BATCH_BYTES, Math.min(MAX_BATCH_BYTES, MAX_BYTES / keyGroups));
        this.receiver = receiver;
    }

    /** The key group of a key. */
    int keyGroup(KeyWords key) {
        return keyGroups.of(key.hash());
    }

    /** The batch of a key group, to add one transition to; then call {@link #sendIfFull}. */
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

    /** Adds the current transition of a batch, with its successor's value, to those of its state's key group. */
    void add(TransitionBatch current, double nextValue, int nextGeneration) {
        int keyGroup = keyGroups.of(current.stateHash());
        batchOf(keyGroup).add(current, nextValue, nextGeneration);
        sendIfFull(keyGroup);
    }

    /** Passes a key group's batch on if it is full. */
    void sendIfFull(int keyGroup) {
        if (isFull(keyGroup)) {
            send(keyGroup, batchOf(keyGroup));
        }
    }

    /** Whether a key group's batch has reached its size limit. */
    boolean isFull(int keyGroup) {
        TransitionBatch batch = byKeyGroup[keyGroup];
        return batch != null && batch.length() >= batchBytes;
    }

    /** Passes on all that wait. */
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

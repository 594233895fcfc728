package io.streamq.job.learn;

import io.streamq.job.record.StateKey;
import io.streamq.job.record.Transition;
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
    /** About fifty transitions: enough to share Flink's price of a record, few enough not to be old when they are learnt from. */
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

    /** Adds a transition to those of its successor's key group. */
    void addByNextState(Transition transition, StateKey nextState) {
        int keyGroup = keyGroup(nextState.hashCode());
        batchOf(keyGroup).add(transition);
        sendIfFull(keyGroup);
    }

    /** Adds a transition, with its successor's value, to those of its state's key group. */
    void add(Transition transition, double nextValue, int nextGeneration) {
        int keyGroup = keyGroup(transition.state().hashCode());
        batchOf(keyGroup).add(transition, nextValue, nextGeneration);
        sendIfFull(keyGroup);
    }

    /** The same for the transition at which a batch of the first hop stands. */
    void add(TransitionBatch current, double nextValue, int nextGeneration) {
        int keyGroup = keyGroup(current.stateHash());
        batchOf(keyGroup).add(current, nextValue, nextGeneration);
        sendIfFull(keyGroup);
    }

    private int keyGroup(int keyHash) {
        return KeyGroupRangeAssignment.computeKeyGroupForKeyHash(keyHash, byKeyGroup.length);
    }

    private TransitionBatch batchOf(int keyGroup) {
        TransitionBatch batch = byKeyGroup[keyGroup];
        if (batch == null) {
            batch = new TransitionBatch();
            byKeyGroup[keyGroup] = batch;
        }
        return batch;
    }

    private void sendIfFull(int keyGroup) {
        if (batchOf(keyGroup).length() >= batchBytes) {
            send(keyGroup);
        } else {
            waiting.set(keyGroup);
        }
    }

    /** Hands over all that wait. */
    void send() {
        for (int keyGroup = waiting.nextSetBit(0); keyGroup >= 0; keyGroup = waiting.nextSetBit(keyGroup + 1)) {
            send(keyGroup);
        }
    }

    private void send(int keyGroup) {
        TransitionBatch batch = batchOf(keyGroup);
        receiver.accept(batch);
        batch.clear(2 * batchBytes);
        waiting.clear(keyGroup);
    }
}

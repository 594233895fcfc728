package io.streamq.job.learn;

import io.streamq.job.record.KeyCursor;
import io.streamq.job.record.ViewChanges;
import io.streamq.job.record.ViewChanges.Extent;
import io.streamq.learning.BootstrapChoice;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiConsumer;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.jspecify.annotations.Nullable;

/**
 * This JVM's copy of the view of a shard that lives elsewhere, a little late. Derived like the view, it is in no snapshot; until it is
 * whole, successors are looked up on their shard. One thread writes, any number read.
 */
final class Replica {
    /** Of all attempts of all jobs in this JVM, one per shard elsewhere. */
    private static final ConcurrentMap<ShardId, Replica> REPLICAS = new ConcurrentHashMap<>();

    private final Object writer;
    private final KeyGroupRange keyGroups;
    private final KeyCursor[] together = KeyCursor.several(SuccessorView.TOGETHER);
    private final int[] slots = new int[SuccessorView.TOGETHER];
    private final double[] value = new double[1];
    private SuccessorView written = new SuccessorView();
    private final WholeView whole = new WholeView();
    /** Keeps the compiler from eliminating the loads. */
    @SuppressWarnings("unused")
    private long loaded;

    private Replica(Object writer, KeyGroupRange keyGroups) {
        this.writer = writer;
        this.keyGroups = keyGroups;
    }

    /** The replica of a shard, if it is this writer's: the first in this JVM to ask gets it. */
    static @Nullable Replica of(ShardId shard, Object writer, KeyGroupRange keyGroups) {
        Replica replica = REPLICAS.computeIfAbsent(shard, any -> new Replica(writer, keyGroups));
        return replica.writer == writer ? replica : null;
    }

    /** Visits the replicas of the same attempt of the same job. */
    static void forEach(ShardId like, BiConsumer<KeyGroupRange, Replica> consumer) {
        REPLICAS.forEach((id, replica) -> {
            if (id.isOfSameAttempt(like)) {
                consumer.accept(replica.keyGroups, replica);
            }
        });
    }

    /** Removes a writer's replicas, which get no more changes. */
    static void removeAllOf(Object writer) {
        REPLICAS.values().removeIf(replica -> {
            boolean goes = replica.writer == writer;
            if (goes) {
                replica.whole.set(null);
            }
            return goes;
        });
    }

    /** Replicas in this JVM, for tests: none may be left when no job runs. */
    static int count() {
        return REPLICAS.size();
    }

    /** The view, while it has all rows and is updated. Any thread. */
    WholeView view() {
        return whole;
    }

    /** Number of rows. */
    int rows() {
        return written.size();
    }

    /** Applies the shard's changes. Writer only. */
    void apply(ViewChanges changes) {
        for (int count = changes.keysAhead(together); count > 0; count = changes.keysAhead(together)) {
            long sum = 0;
            for (int i = 0; i < count; i++) {
                long likely = written.prefetchKey(together[i]);
                slots[i] = (int) likely;
                sum += likely;
            }
            loaded = sum;
            for (int i = 0; i < count && changes.next(); i++) {
                applyNext(changes, together[i], slots[i]);
            }
        }
        if (changes.extent() == Extent.ENDED) {
            written = new SuccessorView();
        }
        whole.set(changes.extent() == Extent.WHOLE ? written : null);
    }

    private void applyNext(ViewChanges change, KeyCursor key, int likelySlot) {
        if (change.isRemoval()) {
            written.remove(key.toKey());
            return;
        }
        value[0] = change.value();
        int slot = written.slotOf(key, likelySlot);
        if (slot >= 0 && ViewPlace.generation(written.placeAt(slot)) == change.generation()) {
            written.write(slot, value, 1);
        } else {
            written.add(key.toKey(), change.generation(), BootstrapChoice.ONLY, value, 1);
        }
    }
}

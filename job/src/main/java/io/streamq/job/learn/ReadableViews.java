package io.streamq.job.learn;

import org.apache.flink.runtime.state.KeyGroupRange;
import org.jspecify.annotations.Nullable;

/** The views readable in this JVM, by key group: those of shards that live here, and replicas of others. Not thread-safe. */
final class ReadableViews {
    /** Lookups that may miss before shards are looked for again: some open later, some live elsewhere forever. */
    private static final int MISSES_BETWEEN_LOOKS = 1 << 12;

    private final ShardId own;
    private final @Nullable SuccessorView[] viewByKeyGroup;
    private final @Nullable Replica[] replicaByKeyGroup;
    private int missesUntilLook;

    /**
     * @param own any shard of the same attempt of the same job
     * @param maxParallelism number of key groups
     */
    ReadableViews(ShardId own, int maxParallelism) {
        this.own = own;
        this.viewByKeyGroup = new SuccessorView[maxParallelism];
        this.replicaByKeyGroup = new Replica[maxParallelism];
    }

    /** The whole view of the shard that owns a key group; {@code null} if it is not here, or does not have all rows yet. */
    @Nullable
    SuccessorView viewOf(int keyGroup) {
        SuccessorView view = known(keyGroup);
        if (view != null) {
            return view;
        }
        if (missesUntilLook-- > 0) {
            return null;
        }
        missesUntilLook = MISSES_BETWEEN_LOOKS;
        Shard.forEachOpen(own, this::note);
        Replica.forEach(own, this::note);
        return known(keyGroup);
    }

    private @Nullable SuccessorView known(int keyGroup) {
        SuccessorView view = viewByKeyGroup[keyGroup];
        Replica replica = replicaByKeyGroup[keyGroup];
        return view == null && replica != null ? replica.view() : view;
    }

    private void note(Placement placement, SuccessorView view) {
        if (placement.maxParallelism() == viewByKeyGroup.length) {
            for (int keyGroup : placement.keyGroups()) {
                viewByKeyGroup[keyGroup] = view;
            }
        }
    }

    private void note(KeyGroupRange keyGroups, Replica replica) {
        for (int keyGroup : keyGroups) {
            replicaByKeyGroup[keyGroup] = replica;
        }
    }
}

package io.streamq.job.learn;

import org.jspecify.annotations.Nullable;

/** The views of those shards of a job that live in this JVM, by key group. Owned by one thread. */
final class LocalShards {
    /** How many vain look-ups go by before the shards are looked at again: some open later, some live elsewhere for ever. */
    private static final int MISSES_BETWEEN_LOOKS = 1 << 12;

    private final ShardId own;
    private final @Nullable SuccessorView[] viewByKeyGroup;
    private int missesUntilLook;

    /**
     * @param own any shard of the same attempt of the same job
     * @param maxParallelism number of key groups
     */
    LocalShards(ShardId own, int maxParallelism) {
        this.own = own;
        this.viewByKeyGroup = new SuccessorView[maxParallelism];
    }

    /** The whole view of the shard that owns a key group; {@code null} if that is elsewhere, or still restores. */
    @Nullable
    SuccessorView viewOf(int keyGroup) {
        SuccessorView view = viewByKeyGroup[keyGroup];
        if (view != null) {
            return view;
        }
        if (missesUntilLook-- > 0) {
            return null;
        }
        missesUntilLook = MISSES_BETWEEN_LOOKS;
        Shard.forEachOpen(own, this::note);
        return viewByKeyGroup[keyGroup];
    }

    private void note(Placement placement, SuccessorView view) {
        if (placement.maxParallelism() == viewByKeyGroup.length) {
            for (int keyGroup : placement.keyGroups()) {
                viewByKeyGroup[keyGroup] = view;
            }
        }
    }
}

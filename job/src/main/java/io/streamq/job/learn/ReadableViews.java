package io.streamq.job.learn;

import java.util.Arrays;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.jspecify.annotations.Nullable;

/** The views readable in this JVM, by key group: those of shards that live here, and replicas of others. Not thread-safe. */
final class ReadableViews {
    /** Lookups that may miss before shards are looked for again: some open later, some live elsewhere forever. */
    private static final int MISSES_BETWEEN_LOOKS = 1 << 12;

    private final ShardId own;
    /** Empty until the shard is found here or has a replica here, and again when that replica ends. */
    private final WholeView[] byKeyGroup;

    private int missesUntilLook;

    /**
     * @param own any shard of the same attempt of the same job
     * @param maxParallelism number of key groups
     */
    ReadableViews(ShardId own, int maxParallelism) {
        this.own = own;
        this.byKeyGroup = new WholeView[maxParallelism];
        Arrays.fill(byKeyGroup, new WholeView());
    }

    /** The whole view of the shard that owns a key group; {@code null} if it is not here, or does not have all rows yet. */
    @Nullable
    SuccessorView viewOf(int keyGroup) {
        SuccessorView view = byKeyGroup[keyGroup].get();
        if (view != null) {
            return view;
        }
        if (missesUntilLook-- > 0) {
            return null;
        }
        missesUntilLook = MISSES_BETWEEN_LOOKS;
        // Shards last: they go before replicas of them.
        Replica.forEach(own, (keyGroups, replica) -> note(keyGroups, replica.view()));
        Shard.forEachOpen(own, this::note);
        return byKeyGroup[keyGroup].get();
    }

    private void note(Placement placement, SuccessorView view) {
        if (placement.maxParallelism() == byKeyGroup.length) {
            note(placement.keyGroups(), WholeView.of(view));
        }
    }

    private void note(KeyGroupRange keyGroups, WholeView view) {
        for (int keyGroup : keyGroups) {
            byKeyGroup[keyGroup] = view;
        }
    }
}

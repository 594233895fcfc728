package io.streamq.job.learn;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.jspecify.annotations.Nullable;

/**
 * Where the two operators of a shard meet: they run in one slot, hence in one JVM, and share the job's class loader. LEARN brings the view
 * of its rows; BOOTSTRAP processes nothing before it has it, since a default value read meanwhile would be learnt as if it were true.
 *
 * <p>The second to come compares both placements. With a difference, values can never be right, so the job ends; a missing partner is an
 * ordinary failure, and the job restarts.
 */
final class Shard {
    /** One per attempt of each shard in this JVM; removed when either operator closes. */
    private static final ConcurrentMap<ShardId, Shard> SHARDS = new ConcurrentHashMap<>();

    private final ShardId id;
    private final CompletableFuture<Placement> bootstrap = new CompletableFuture<>();
    private final CompletableFuture<Placement> learn = new CompletableFuture<>();
    private final CompletableFuture<SuccessorView> view = new CompletableFuture<>();

    private Shard(ShardId id) {
        this.id = id;
    }

    /**
     * BOOTSTRAP joins.
     *
     * @throws SuppressRestartsException if LEARN is there with another placement
     */
    static Shard joinAsBootstrap(ShardId id, Placement placement) {
        Shard shard = SHARDS.computeIfAbsent(id, Shard::new);
        shard.bootstrap.complete(placement);
        shard.compare();
        return shard;
    }

    /**
     * LEARN joins, before it restores its rows, which may take long.
     *
     * @throws SuppressRestartsException if BOOTSTRAP is there with another placement
     */
    static Shard joinAsLearn(ShardId id, Placement placement) {
        Shard shard = SHARDS.computeIfAbsent(id, Shard::new);
        shard.learn.complete(placement);
        shard.compare();
        return shard;
    }

    private void compare() {
        Placement here = bootstrap.getNow(null);
        Placement there = learn.getNow(null);
        if (here == null || there == null) {
            return;
        }
        List<String> differences = Placement.differences(here, there);
        if (!differences.isEmpty()) {
            SHARDS.remove(id, this);
            throw new SuppressRestartsException(new IllegalStateException("BOOTSTRAP and LEARN of shard " + id.subtask()
                    + " must run in one slot with equal parallelism: they"
                    + " differ in " + String.join(", ", differences)
                    + ". Give both vertices the same parallelism, set streamq.job.parallelism instead of rescaling"
                    + " single vertices, and exclude bootstrap, learn and replica from autoscaling."));
        }
    }

    /** Visits the shards of the same attempt of the same job that are in this JVM and have all their rows. */
    static void forEachOpen(ShardId like, BiConsumer<Placement, SuccessorView> consumer) {
        SHARDS.forEach((id, shard) -> {
            if (id.isOfSameAttempt(like) && shard.view.isDone() && !shard.view.isCompletedExceptionally()) {
                consumer.accept(shard.learn.join(), shard.view.join());
            }
        });
    }

    /** How many shards of the same attempt of the same job live in this JVM. */
    static long countHere(ShardId like) {
        return SHARDS.keySet().stream().filter(id -> id.isOfSameAttempt(like)).count();
    }

    /** Whether a shard lives in this JVM. */
    static boolean isHere(ShardId id) {
        return SHARDS.containsKey(id);
    }

    /** LEARN has all its rows in the view. */
    void open(SuccessorView rebuilt) {
        view.complete(rebuilt);
    }

    /**
     * Waits for LEARN's rows: at most the timeout until it joins, then for as long as it restores.
     *
     * @throws IllegalStateException if LEARN does not join in time or leaves again
     */
    SuccessorView awaitView(Duration partnerTimeout) throws InterruptedException {
        try {
            learn.get(partnerTimeout.toMillis(), TimeUnit.MILLISECONDS);
            return view.get();
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "BOOTSTRAP of shard " + id.subtask() + " (attempt " + id.attempt()
                            + ") found no LEARN in its slot within " + partnerTimeout.toMillis()
                            + " ms (streamq.job.partner-timeout). The job restarts; if this repeats, check that both"
                            + " vertices have equal parallelism and share one slot.",
                    e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "LEARN of shard " + id.subtask() + " (attempt " + id.attempt()
                            + ") left before its rows were restored; its own failure says why.",
                    e.getCause());
        }
    }

    /** Either operator leaves: releases the view and wakes any waiter. Removes this very meeting, never a later one's. */
    static void leave(@Nullable Shard shard) {
        if (shard != null) {
            SHARDS.remove(shard.id, shard);
            IllegalStateException left = new IllegalStateException("LEARN left");
            shard.learn.completeExceptionally(left);
            shard.view.completeExceptionally(left);
        }
    }

    /** Meetings in this JVM, for tests: none may be left when no job runs. */
    static int count() {
        return SHARDS.size();
    }
}

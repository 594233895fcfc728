package io.streamq.job.learn;

import io.streamq.job.record.KeyWords;
import io.streamq.job.record.StateKey;
import io.streamq.job.record.ViewChanges;
import io.streamq.job.record.ViewChanges.Extent;
import java.util.function.Consumer;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;

/**
 * Sends changes of a shard's view to replicas, so that other JVMs look its values up in their own memory (ADR 0013); first all existing
 * rows. Ends for good when they exceed the replicas' memory limit, or when told to. Confined to LEARN's thread.
 */
final class Replicator {
    /** Enough to amortise Flink's cost per record, few enough not to wait for long where a few states change all the time. */
    private static final int BATCH_BYTES = 32 << 10;

    /** Approximate size in a replica of a row whose key is in the table's words. */
    private static final int ROW_BYTES = 80;

    private final SuccessorView view;
    private final int shard;
    private final int shards;
    private final long maxBytes;
    private final long waitMillis;
    private final ProcessingTimeService clock;
    private final Consumer<ViewChanges> replicas;
    private final ViewChanges changes = new ViewChanges();

    private boolean running;
    /** Whether a timer will send the waiting changes. */
    private boolean waiting;

    /**
     * @param view of the shard
     * @param shards how many there are
     * @param replicas receives changes, and must not keep them when it returns
     */
    Replicator(
            SuccessorView view,
            int shard,
            int shards,
            Replication replication,
            ProcessingTimeService clock,
            Consumer<ViewChanges> replicas) {
        this.view = view;
        this.shard = shard;
        this.shards = shards;
        this.maxBytes = (long) ROW_BYTES * (replication.maxRows() / shards);
        this.waitMillis = replication.waitMillis();
        this.clock = clock;
        this.replicas = replicas;
    }

    /** Sends all existing rows, each of which has one value, and from now on changes; or nothing, if they exceed the limit. */
    void begin() {
        running = fits();
        changes.of(shard, shards, Extent.PART);
        if (running) {
            view.forEachKey(this::addRow);
            changes.of(shard, shards, Extent.WHOLE);
            send();
        }
    }

    private boolean fits() {
        return (long) ROW_BYTES * view.size() + view.longKeyBytes() <= maxBytes;
    }

    private void addRow(StateKey key) {
        int slot = view.slotOf(key);
        changed(key, ViewPlace.generation(view.placeAt(slot)), view.numberAt(slot));
    }

    /** A row was added or replaced. */
    void added(KeyWords key, long generation, double value) {
        if (fits()) {
            changed(key, generation, value);
        } else {
            end();
        }
    }

    /** A row's value changed. */
    void changed(KeyWords key, long generation, double value) {
        if (running) {
            changes.add(key, ViewPlace.shortGeneration(generation), value);
            sendInTime();
        }
    }

    /** A row was removed. */
    void removed(KeyWords key) {
        if (running) {
            changes.addRemoval(key);
            sendInTime();
        }
    }

    private void sendInTime() {
        if (changes.length() >= BATCH_BYTES) {
            send();
        } else if (!waiting) {
            waiting = true;
            var unused = clock.registerTimer(clock.getCurrentProcessingTime() + waitMillis, dueMillis -> {
                waiting = false;
                if (running && changes.length() > 0) {
                    send();
                }
            });
        }
    }

    private void send() {
        replicas.accept(changes);
        changes.clear();
    }

    /** Tells replicas that no more follow. */
    void end() {
        if (running) {
            running = false;
            changes.clear();
            changes.of(shard, shards, Extent.ENDED);
            send();
        }
    }
}

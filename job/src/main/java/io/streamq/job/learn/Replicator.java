package io.streamq.job.learn;

import io.streamq.job.record.KeyWords;
import io.streamq.job.record.StateKey;
import io.streamq.job.record.ViewChanges;
import io.streamq.job.record.ViewChanges.Extent;
import java.util.function.Consumer;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;

/**
 * Tells replicas what changes in the view of a shard, so that other JVMs look its values up in their own memory (ADR 0013). First it tells
 * all rows that there are. It ends for good when they take more memory than replicas may, or is told to. Owned by LEARN's thread.
 */
final class Replicator {
    /** Enough to share Flink's price of a record, few enough not to wait for long where a few states change all the time. */
    private static final int BATCH_BYTES = 8 << 10;

    /** What a row takes in a replica whose key stands in the table's words, about. */
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
    /** Whether it is settled when the changes are sent that wait. */
    private boolean waiting;

    /**
     * @param view of the shard
     * @param shards how many there are
     * @param replicas takes what is told; done with it when it returns
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

    /** Tells all rows that there are, each of which has one value, and from now on what changes; or nothing, where they take too much. */
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

    /** A row is new, or replaced. */
    void added(KeyWords key, long generation, double value) {
        if (fits()) {
            changed(key, generation, value);
        } else {
            end();
        }
    }

    /** A row has another value. */
    void changed(KeyWords key, long generation, double value) {
        if (running) {
            changes.add(key, ViewPlace.shortGeneration(generation), value);
            sendInTime();
        }
    }

    /** A row went. */
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

    /** Tells that no change is told any more. */
    void end() {
        if (running) {
            running = false;
            changes.clear();
            changes.of(shard, shards, Extent.ENDED);
            send();
        }
    }
}

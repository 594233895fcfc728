package io.streamq.job.learn;

import io.streamq.job.policy.PolicyRules;
import io.streamq.job.record.KeyCursor;
import io.streamq.job.record.KeyWords;
import io.streamq.job.record.RowPage;
import io.streamq.job.record.StateKey;
import io.streamq.job.record.TransitionBatch;
import io.streamq.learning.Algorithm;
import io.streamq.learning.QRow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.StateBackendLoader;
import org.apache.flink.runtime.state.heap.HeapKeyedStateBackend;
import org.jspecify.annotations.Nullable;

/** The rows of a shard: in keyed state, the source of truth, and their bootstrap values in the view. Confined to LEARN's thread. */
final class QTable {
    /** A row for each state in which an experience was applied; absent: nobody acted there, or the row was forgotten. */
    private final RowStore rows;

    private final SuccessorView view;
    /** Told of changes in the view, from some time after its rows are restored. */
    private @Nullable Replicator replicator;
    /** Whether all rows ever published here have values that may be replicated. */
    private boolean isReplicable = true;

    /** Keys looked up together, and their slots in the view. */
    private final KeyCursor[] together = KeyCursor.several(SuccessorView.TOGETHER);

    private final int[] slots = new int[SuccessorView.TOGETHER];

    /** Whether keys were added or removed since, so that slots may be others. */
    private boolean moved;

    /** The last key looked up, while its slot in the view is known to be as it was. An update asks twice. */
    private @Nullable KeyWords last;

    private int lastSlot;

    private double[] numbers = {};

    /** Keeps the compiler from eliminating the loads. */
    @SuppressWarnings("unused")
    private double loaded;

    QTable(RowStore rows, SuccessorView view) {
        this.rows = rows;
        this.view = view;
    }

    /**
     * The table in an operator's keyed state.
     *
     * @param restored whether the state is from a snapshot: rows in the other backend's form are then taken over
     * @param bufferBytes of rows kept in memory where the backend stores bytes
     */
    static QTable open(
            RuntimeContext context,
            KeyedStateBackend<StateKey> backend,
            boolean restored,
            SuccessorView view,
            long bufferBytes) {
        boolean onHeap = backend instanceof HeapKeyedStateBackend;
        if (!onHeap && backend.getBackendTypeIdentifier().equals(StateBackendLoader.HASHMAP_STATE_BACKEND_NAME)) {
            // It would save rows as they are when written, not as they were at the barrier.
            throw new SuppressRestartsException(new IllegalStateException(
                    "state.changelog.enabled must be false where state.backend.type is hashmap, or a savepoint may count experience"
                            + " twice: got a " + backend.getClass().getSimpleName()
                            + ". Set it to false, or use rocksdb."));
        }
        KeyedValues<QRow> single = onHeap && !restored ? null : values(SavedRows.ROWS, context, backend);
        KeyedValues<RowPage> pages = onHeap || restored ? values(SavedRows.PAGES, context, backend) : null;
        RowStore rows = onHeap
                ? new PagedRows(pages, single, view, context.getTaskInfo().getMaxNumberOfParallelSubtasks())
                : new BufferedRows(single, pages, bufferBytes);
        return new QTable(rows, view);
    }

    /** Replicates the view, unless it has values that change all the time. */
    void replicateBy(Replicator newReplicator) {
        if (isReplicable) {
            replicator = newReplicator;
            newReplicator.begin();
        }
    }

    private static <V> KeyedValues<V> values(
            ValueStateDescriptor<V> state, RuntimeContext context, KeyedStateBackend<StateKey> backend) {
        return KeyedValues.of(context.getState(state), state.getName(), backend);
    }

    /**
     * Loads what updates by the next transitions of a batch need: their cache misses overlap.
     *
     * @return how many transitions
     */
    int prefetch(TransitionBatch batch) {
        int count = batch.statesAhead(together);
        last = null; // it may hold another key now
        long sum = 0;
        for (int i = 0; i < count; i++) {
            long likely = view.prefetchKey(together[i]);
            slots[i] = (int) likely;
            sum += likely;
        }
        for (int i = 0; i < count; i++) {
            slots[i] = view.slotOf(together[i], slots[i]);
        }
        moved = false;
        rows.prefetch(slots, count);
        double numbersApart = 0;
        if (view.hasNumbersApart()) {
            for (int i = 0; i < count; i++) {
                numbersApart += view.prefetchNumber(slots[i]);
            }
        }
        loaded = sum + numbersApart;
        return count;
    }

    /** State of one of the transitions loaded last. */
    KeyWords state(int i) {
        return together[i];
    }

    /** The row of that state, or {@code null}; valid until another is requested. */
    @Nullable
    QRow row(int i) throws IOException {
        KeyCursor key = together[i];
        remember(key, moved ? view.slotOf(key, slots[i]) : slots[i]);
        return lastSlot < 0 ? null : rows.get(key, lastSlot);
    }

    /** The row of a key, or {@code null}; valid until another is requested. */
    @Nullable
    QRow row(StateKey key) throws IOException {
        int slot = slotOf(key);
        return slot < 0 ? null : rows.get(key, slot); // the view has all rows
    }

    private int slotOf(KeyWords key) {
        if (last != key) {
            remember(key, view.slotOf(key));
        }
        return lastSlot;
    }

    private void forgetSlots() {
        moved = true;
        last = null;
    }

    private void remember(KeyWords key, int slot) {
        last = key;
        lastSlot = slot;
    }

    /** Call before each snapshot. */
    void snapshotBegins(long checkpointId) throws IOException {
        rows.snapshotBegins(checkpointId);
    }

    /** A snapshot is written, or no longer wanted. */
    void snapshotEnded(long checkpointId) {
        rows.snapshotEnded(checkpointId);
    }

    /** Saves and publishes the current row after a change. */
    void keep(KeyWords key, QRow row, PolicyRules rules) throws IOException {
        publish(key, row, rules);
        rows.changed(key);
    }

    /**
     * Saves and publishes a row in place of the current one, if any.
     *
     * @param row invalid afterwards
     * @return the row as kept, valid until another is requested
     */
    QRow put(StateKey key, QRow row, PolicyRules rules) throws IOException {
        return rows.put(key, addToView(key, rules, computeNumbers(row, rules)), row);
    }

    /** Saves the current row after a change of what is not published. */
    void note(KeyWords key) throws IOException {
        rows.changed(key);
    }

    /** Forgets the current row. */
    void remove(StateKey key) throws IOException {
        rows.remove(key, slotOf(key));
        view.remove(key);
        forgetSlots();
        if (replicator != null) {
            replicator.removed(key);
        }
    }

    /** Writes a row's bootstrap values where BOOTSTRAP reads them. */
    void publish(KeyWords key, QRow row, PolicyRules rules) {
        int width = computeNumbers(row, rules);
        int slot = slotOf(key);
        if (slot < 0) {
            addToView(key.toKey(), rules, width);
        } else if (view.write(slot, numbers, width) && replicator != null) {
            replicator.changed(key, rules.generation(), numbers[0]);
        }
    }

    /** Computes a row's bootstrap values; returns how many. */
    private int computeNumbers(QRow row, PolicyRules rules) {
        Algorithm algorithm = rules.algorithm();
        int width = algorithm.bootstrapWidth(rules.actions());
        if (numbers.length < width) {
            numbers = new double[width];
        }
        algorithm.bootstrapValues(row, numbers);
        return width;
    }

    private int addToView(StateKey key, PolicyRules rules, int width) {
        forgetSlots();
        Algorithm algorithm = rules.algorithm();
        int slot = view.add(key, rules.generation(), algorithm.bootstrapChoice(), numbers, width);
        isReplicable &= algorithm.publishesBestValueOnly();
        if (replicator != null && isReplicable) {
            replicator.added(key, rules.generation(), numbers[0]);
        } else if (replicator != null) {
            replicator.end();
        }
        return slot;
    }

    /**
     * Visits all restored rows. Call first.
     *
     * @param visitor publishes each of them
     */
    void restore(RowStore.Visitor visitor) throws Exception {
        rows.restore(visitor);
    }

    /** Visits all rows of a policy. */
    void forEachOf(ShardPolicy policy, RowStore.Visitor visitor) throws Exception {
        for (StateKey key : keysOf(policy)) {
            visitor.visit(key, Objects.requireNonNull(row(key)));
        }
    }

    /** The keys of all rows of a policy. */
    private List<StateKey> keysOf(ShardPolicy policy) {
        List<StateKey> keys = new ArrayList<>();
        if (policy.rows > 0) { // or all other rows would be scanned for nothing
            view.forEachKey(policy.prefix(), keys::add);
        }
        return keys;
    }
}

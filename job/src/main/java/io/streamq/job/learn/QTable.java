package io.streamq.job.learn;

import io.streamq.job.policy.PolicyRules;
import io.streamq.job.record.StateKey;
import io.streamq.learning.Algorithm;
import io.streamq.learning.QRow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.heap.HeapKeyedStateBackend;
import org.jspecify.annotations.Nullable;

/** The rows of a shard: in keyed state, which is the truth, and their bootstrap values in the view. Owned by LEARN's thread. */
final class QTable {
    /** A row for each state in which an experience was applied; absent: nobody acted there, or the row was forgotten. */
    private final ValueState<QRow> rows;

    private final KeyedStateBackend<StateKey> backend;
    private final String stateName;
    private final SuccessorView view;
    /**
     * Whether the backend hands out the row itself, so that it is changed by changing it. The heap backend does, and hands out a
     * copy that it keeps while a snapshot still needs the old row.
     */
    private final boolean rowsAreReferences;

    private int snapshots;

    /** The key that was looked up last, and its slot in the view; forgotten when keys come or go. An update asks twice. */
    private @Nullable StateKey lastKey;

    private int lastSlot;

    private double[] numbers = {};

    QTable(ValueState<QRow> rows, String stateName, KeyedStateBackend<StateKey> backend, SuccessorView view) {
        this.rows = rows;
        this.stateName = stateName;
        this.backend = backend;
        this.view = view;
        this.rowsAreReferences = backend instanceof HeapKeyedStateBackend;
    }

    /** Sees to a row of the operator's own accord, not by an experience of it. */
    void select(StateKey key) {
        backend.setCurrentKey(key);
    }

    /**
     * The row of the key that is selected, or {@code null}.
     *
     * @param key the one that is selected
     */
    @Nullable
    QRow row(StateKey key) throws IOException {
        int slot = rowsAreReferences ? slotOf(key) : -1;
        if (slot < 0) {
            return rows.value();
        }
        QRow row = view.rows().get(slot, snapshots);
        if (row == null) {
            row = rows.value();
            view.rows().put(slot, row, snapshots);
        }
        return row;
    }

    private int slotOf(StateKey key) {
        if (!key.equals(lastKey)) {
            lastKey = key;
            lastSlot = view.slotOf(key);
        }
        return lastSlot;
    }

    /** To be called before each snapshot: rows that were handed out are not to be changed any more. */
    void snapshotBegins() {
        snapshots++;
    }

    /** Keeps and publishes the current row after a change. */
    void keep(StateKey key, QRow row, PolicyRules rules) throws IOException {
        publish(key, row, rules);
        if (!rowsAreReferences) {
            rows.update(row);
        }
    }

    /** Keeps and publishes a current row that was not there before. */
    void add(StateKey key, QRow row, PolicyRules rules) throws IOException {
        publish(key, row, rules);
        rows.update(row);
    }

    /** Keeps and publishes the current row under other rules than before, by which it may have another shape. */
    void replace(StateKey key, QRow row, PolicyRules rules) throws IOException {
        addToView(key, row, rules, computeNumbers(row, rules));
        rows.update(row);
    }

    /** Keeps the current row after a change of what is not published. */
    void note(QRow row) throws IOException {
        if (!rowsAreReferences) {
            rows.update(row);
        }
    }

    /** Forgets the current row. */
    void remove(StateKey key) {
        int slot = slotOf(key);
        if (slot >= 0) {
            view.rows().put(slot, null, snapshots);
        }
        rows.clear();
        view.remove(key);
        lastKey = null;
    }

    /** Writes the bootstrap values of a row where BOOTSTRAP reads them. */
    void publish(StateKey key, QRow row, PolicyRules rules) {
        int width = computeNumbers(row, rules);
        int slot = slotOf(key);
        if (slot < 0) {
            addToView(key, row, rules, width);
        } else {
            view.write(view.placeAt(slot), numbers, width);
        }
    }

    /** Computes a row's bootstrap values, and tells how many they are. */
    private int computeNumbers(QRow row, PolicyRules rules) {
        Algorithm algorithm = rules.algorithm();
        int width = algorithm.bootstrapWidth(rules.actions());
        if (numbers.length < width) {
            numbers = new double[width];
        }
        algorithm.bootstrapValues(row, numbers);
        return width;
    }

    private void addToView(StateKey key, QRow row, PolicyRules rules, int width) {
        int slot = view.add(key, rules.generation(), rules.algorithm().bootstrapChoice(), numbers, width);
        view.rows().put(slot, rowsAreReferences ? row : null, snapshots);
        lastKey = null;
    }

    /** What to do with a row. */
    interface Visitor {
        void visit(StateKey key, QRow row) throws Exception;
    }

    /** Shows all rows in keyed state, each being the current one meanwhile. They must not be added or removed meanwhile. */
    void forEachStored(Visitor visitor) throws Exception {
        try (Stream<StateKey> keys = backend.getKeys(stateName, VoidNamespace.INSTANCE)) {
            for (Iterator<StateKey> each = keys.iterator(); each.hasNext(); ) {
                visit(each.next(), visitor);
            }
        }
    }

    /** Shows all rows of a policy, each being the current one meanwhile. */
    void forEachOf(ShardPolicy policy, Visitor visitor) throws Exception {
        for (StateKey key : keysOf(policy)) {
            visit(key, visitor);
        }
    }

    private void visit(StateKey key, Visitor visitor) throws Exception {
        select(key);
        visitor.visit(key, Objects.requireNonNull(rows.value()));
    }

    /** The keys of all rows of a policy. */
    private List<StateKey> keysOf(ShardPolicy policy) {
        List<StateKey> keys = new ArrayList<>();
        view.forEachKey(key -> {
            if (policy.owns(key)) {
                keys.add(key);
            }
        });
        return keys;
    }
}

package io.streamq.job.learn;

import io.streamq.job.record.KeyPrefix;
import io.streamq.job.record.KeyWords;
import io.streamq.job.record.PolicyControl;
import io.streamq.job.record.StateKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The states without an announced row for which a crashed attempt may have announced one.
 *
 * <p>Where the policy is frozen or unknown, or the row too young, an attempt with the same configuration announced none either. It may have
 * had another, as nothing orders configurations among the experience. One that reached it first, and reaches this one later, is sure to
 * come: until then the state is kept in mind. One that reached this one first is noted, and a tombstone sent at once.
 *
 * <p>A checkpoint and another crash may lie between the two, so both are in snapshots; for a day, or what never comes would stay forever.
 * What comes later is warned of. Confined to LEARN's thread.
 */
final class Doubts {
    private static final Logger LOG = LoggerFactory.getLogger(Doubts.class);

    /** By policyId: experience sent before then may have met older rules in an earlier attempt. Absent: it has not. */
    static final MapStateDescriptor<String, Long> CHANGES =
            new MapStateDescriptor<>("policy-changes", StringSerializer.INSTANCE, LongSerializer.INSTANCE);

    /** Of a state in mind: configurations sent before then may have been in force in an earlier attempt. */
    private static final ValueStateDescriptor<Long> IN_MIND =
            new ValueStateDescriptor<>("states-in-doubt", LongSerializer.INSTANCE);

    /** How far ahead the clock may be that dates a record, the broker's or its sender's. */
    private static final long CLOCK_SKEW_MILLIS = 60_000;
    /** How long after a restart records may come that an earlier attempt has read. */
    private static final long BACKLOG_MILLIS = 86_400_000;

    private final long seenBeforeMillis;
    private final BroadcastState<String, Long> changes;
    private final KeyedValues<Long> saved;
    /** What is saved of each state in mind. */
    private final Keys inMind = new Keys();
    /** States for which this attempt sent a tombstone; beyond what is remembered, it may send another. */
    private final Keys told = new Keys();
    /** Policies with too many states to keep in mind. If there are too many of these, it may be any policy. */
    private final Set<String> incomplete = new HashSet<>();
    /** By policyId: the change dropped, as experience before it is too old. Absent: none was, or it was warned of. */
    private final Map<String, Long> droppedChanges = new HashMap<>();
    /** By policyId: the latest time of the states dropped as too old. Absent: none was, or it was warned of. */
    private final Map<String, Long> droppedStates = new HashMap<>();

    // Cached for the policy asked for last.
    private @Nullable KeyPrefix prefix;
    private String policyId = "";
    private long changedMillis;
    private long droppedMillis;

    private Doubts(long seenBeforeMillis, BroadcastState<String, Long> changes, KeyedValues<Long> saved) {
        this.seenBeforeMillis = seenBeforeMillis;
        this.changes = changes;
        this.saved = saved;
    }

    /**
     * The doubts of an attempt that is not the first.
     *
     * @param epoch of this attempt, at least the time at which it began
     */
    static Doubts open(
            OperatorStateStore operatorState, RuntimeContext context, KeyedStateBackend<StateKey> backend, long epoch)
            throws Exception {
        Doubts doubts = new Doubts(
                epoch + CLOCK_SKEW_MILLIS,
                operatorState.getBroadcastState(CHANGES),
                KeyedValues.of(context.getState(IN_MIND), IN_MIND.getName(), backend));
        doubts.restore(epoch - BACKLOG_MILLIS);
        return doubts;
    }

    private void restore(long olderMillis) throws Exception {
        List<String> old = new ArrayList<>();
        for (Map.Entry<String, Long> change : changes.immutableEntries()) {
            if (change.getValue() < olderMillis) {
                old.add(change.getKey());
            }
        }
        for (String each : old) {
            droppedChanges.put(each, changes.get(each));
            changes.remove(each);
        }
        for (StateKey key : saved.allKeys()) {
            long before = saved.get(key);
            if (before < olderMillis) {
                droppedStates.merge(key.policyId(), before, Math::max);
                saved.remove(key);
            } else {
                inMind.put(key, before);
            }
        }
    }

    /** Whether an earlier attempt may have seen an experience sent then. */
    boolean mayHaveBeenSeen(long experienceMillis) {
        return experienceMillis < seenBeforeMillis;
    }

    /** Notes that a state gets a tombstone; returns whether it is still to be sent. */
    boolean settle(StateKey key) {
        forget(key);
        if (told.isFull()) {
            told.clear();
        }
        return told.put(key, 0);
    }

    /**
     * Whether an earlier attempt may have announced a row after an experience, though with the same configuration it has not: if it met an
     * older one. It may still have met one that is to come, so otherwise the state is kept in mind.
     */
    boolean isInDoubt(StateKey key, long experienceMillis) throws Exception {
        if (told.has(key)) {
            return false;
        }
        lookUp(key);
        if (experienceMillis < changedMillis) {
            return true;
        }
        if (experienceMillis < droppedMillis) {
            droppedChanges.remove(policyId);
            droppedMillis = Long.MIN_VALUE;
            warnOfDropped(
                    policyId,
                    "Its configuration changed in a later attempt, and experience sent before that comes only now");
        }
        if (inMind.get(key) != seenBeforeMillis) {
            keepInMind(key);
        }
        return false;
    }

    private void keepInMind(StateKey key) throws IOException {
        if (!inMind.isFull() || inMind.has(key)) {
            inMind.put(key, seenBeforeMillis);
            saved.put(key, seenBeforeMillis);
        } else if (!mayBeIncomplete(policyId)) {
            incomplete.add(policyId);
        }
    }

    private boolean mayBeIncomplete(String id) {
        return incomplete.size() >= Keys.MOST || incomplete.contains(id);
    }

    private void lookUp(KeyWords key) throws Exception {
        if (prefix == null || !prefix.isOf(key)) {
            policyId = key.policyId();
            prefix = KeyPrefix.ofPolicy(policyId);
            Long changed = changes.get(policyId);
            changedMillis = changed == null ? Long.MIN_VALUE : changed;
            droppedMillis = droppedChanges.getOrDefault(policyId, Long.MIN_VALUE);
        }
    }

    /** Drops a state from mind: what this attempt announced of it is true. */
    void forget(KeyWords key) {
        if (!inMind.isEmpty() && inMind.remove(key.toKey())) {
            saved.remove(key.toKey());
        }
    }

    /**
     * Notes that a configuration or deletion is in force.
     *
     * @return the states in mind for which an earlier attempt, in which it was in force before, may have announced a row
     */
    List<StateKey> inDoubtBy(PolicyControl control, long nowMillis) throws Exception {
        String id = control.policyId();
        Long changed = changes.get(id);
        boolean isFirst = changed == null || changed < seenBeforeMillis;
        if (isFirst) {
            noteChange(id, nowMillis);
        }
        if (isFirst && mayBeIncomplete(id) && control.timestampMillis() < seenBeforeMillis) {
            LOG.warn(
                    "For some states of policy '{}', the policy topic may hold what a crashed attempt announced. That"
                            + " one read partition {}, offset {} of the control topic before their experience, this one"
                            + " after it, and they were too many to remember. Each is right again once it is announced"
                            + " anew; a policy of another name begins without them.",
                    id,
                    control.partition(),
                    control.offset());
        }
        Long dropped = droppedStates.get(id);
        if (dropped != null && control.timestampMillis() < dropped) {
            droppedStates.remove(id);
            warnOfDropped(
                    id,
                    "A later attempt read their experience before partition " + control.partition() + ", offset "
                            + control.offset() + " of the control topic, which comes only now");
        }
        return inMind.select(KeyPrefix.ofPolicy(id), control.timestampMillis());
    }

    /** An attempt that lives for months would note each policy that ever was, of which the next one would forget all. */
    private void noteChange(String id, long nowMillis) throws Exception {
        if (nowMillis <= seenBeforeMillis + BACKLOG_MILLIS) {
            changes.put(id, seenBeforeMillis);
        } else if (droppedChanges.size() < Keys.MOST) {
            droppedChanges.put(id, seenBeforeMillis);
        }
        prefix = null;
    }

    private static void warnOfDropped(String id, String what) {
        LOG.warn(
                "For some states of policy '{}', the policy topic may hold what a crashed attempt announced. {}: longer"
                        + " ago than is remembered ({} h). Each is right again once it is announced anew; a policy of"
                        + " another name begins without them.",
                id,
                what,
                BACKLOG_MILLIS / 3_600_000);
    }

    /** Keys with a number each, up to a memory limit, beyond which come only those of snapshots. */
    private static final class Keys {
        static final int MOST = 1 << 16;
        /** Of the keys: a refused state may be as long as a record. */
        static final long MOST_BYTES = 1 << 22;

        private static final long ABSENT = Long.MIN_VALUE;

        private final Map<StateKey, Long> numbers = new HashMap<>();
        private long bytes;

        boolean isEmpty() {
            return numbers.isEmpty();
        }

        boolean isFull() {
            return numbers.size() >= MOST || bytes >= MOST_BYTES;
        }

        boolean has(StateKey key) {
            return numbers.containsKey(key);
        }

        /** The number of a key, or the least there is. */
        long get(StateKey key) {
            return numbers.getOrDefault(key, ABSENT);
        }

        /** Sets a key's number; returns whether the key is new. */
        boolean put(StateKey key, long number) {
            boolean isNew = numbers.put(key, number) == null;
            bytes += isNew ? key.length() : 0;
            return isNew;
        }

        boolean remove(StateKey key) {
            boolean was = numbers.remove(key) != null;
            bytes -= was ? key.length() : 0;
            return was;
        }

        void clear() {
            numbers.clear();
            bytes = 0;
        }

        /** The keys of a policy with greater numbers. */
        List<StateKey> select(KeyPrefix policy, long number) {
            List<StateKey> selected = new ArrayList<>();
            numbers.forEach((key, its) -> {
                if (its > number && policy.isOf(key)) {
                    selected.add(key);
                }
            });
            return selected;
        }
    }
}

package io.streamq.agent;

import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.PolicyKey;
import io.streamq.schemas.PolicyUpdate;
import io.streamq.schemas.WireFormatException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records of the policy topic, folded into the current policy of each state. One thread applies, any number may read.
 *
 * <p>Among updates of one key the greatest (epoch, version) wins in whatever order they arrive, so a late write by a dead attempt of the
 * job changes nothing. A tombstone carries its epoch at most: it does not remove what a later attempt announced, and wins by arrival
 * otherwise. A later update of that key must exceed the (epoch, version) that was removed, and at least reach the tombstone's epoch. A
 * row that is forgotten and begins anew does, as its announcement count continues.
 *
 * <p>Graves of the last {@value #GRAVES} removed keys are kept, about 10 MB when full; the oldest makes room for the next. Only then, or
 * if the view began after compaction dropped the removed update, could a late write by a dead attempt stand; such writes end when its
 * producer gives up, minutes after its successor began.
 */
final class PolicyTable {
    /** What became of a record. */
    enum Outcome {
        UPDATED,
        REMOVED,
        /** Older than what is or was held, or a tombstone for what is not held or was announced by a later attempt. */
        STALE,
        /** Of a policy that is not followed here. */
        FOREIGN,
        /** Not a policy record: its key or value cannot be read, or they contradict each other. */
        REJECTED
    }

    private enum Flaw {
        KEY,
        ENCODING,
        SCHEMA,
        CONTENT
    }

    /** What remains of a removed key: no update up to here is news of it. Versions are at least 1. */
    private record Grave(long epoch, long version) {}

    static final int GRAVES = 100_000;

    /** Of a tombstone that does not say which attempt wrote it. */
    static final long NO_EPOCH = Long.MAX_VALUE;

    private static final Logger LOG = LoggerFactory.getLogger(PolicyTable.class);

    private final AvroCodec<PolicyUpdate> codec = AvroCodec.policyUpdate();

    /** By the key's text after {@link #prefix}: a state, or {@code policyId/state} if all policies are followed. */
    private final ConcurrentHashMap<String, StatePolicy> entries = new ConcurrentHashMap<>();

    /** For each policy seen, the one string that all of its rows share; confined to the applying thread. */
    private final Map<String, String> policyIds = new HashMap<>();

    /** Prefix of the keys that are followed; empty follows all. */
    private final byte[] prefix;

    /** By the same text, keys removed and not updated since, in order of removal; confined to the applying thread. */
    private final Map<String, Grave> graves = new LinkedHashMap<>();

    /**
     * By the same text, keys whose last update is of a schema unknown to this library, each with the {@link #greatestEpoch} of that time.
     * A record of a later epoch clears it.
     */
    private final ConcurrentHashMap<String, Long> unreadable = new ConcurrentHashMap<>();

    /** Over all readable updates of all states; confined to the applying thread. */
    private long greatestEpoch = Long.MIN_VALUE;

    private final PolicyListener listener;
    private final Set<Flaw> reported = EnumSet.noneOf(Flaw.class);
    private final LongAdder changes = new LongAdder();
    private final LongAdder rejections = new LongAdder();

    PolicyTable(@Nullable String policyId, PolicyListener listener) {
        this.prefix = policyId == null ? new byte[0] : new PolicyKey(policyId, "").toBytes();
        this.listener = listener;
    }

    @Nullable
    StatePolicy get(String name) {
        return entries.get(name);
    }

    int size() {
        return entries.size();
    }

    Map<String, StatePolicy> copy() {
        // Not Map.copyOf: it refuses a key met twice, as may happen to one that is removed and put back meanwhile.
        return Collections.unmodifiableMap(new HashMap<>(entries));
    }

    /** Records that updated or removed an entry. */
    long changes() {
        return changes.sum();
    }

    long rejections() {
        return rejections.sum();
    }

    /** States whose last update is of a schema unknown to this library, with no record of a later attempt since. */
    int unreadable() {
        return unreadable.size();
    }

    /**
     * Applies one record as read from the topic.
     *
     * @param tombstoneEpoch of a record without a value; {@link #NO_EPOCH} if it does not say
     */
    Outcome apply(byte @Nullable [] key, byte @Nullable [] value, long tombstoneEpoch) {
        if (key == null) {
            return reject(Flaw.KEY, "a record of the policy topic must have a key: got none");
        }
        if (!isFollowed(key)) {
            return Outcome.FOREIGN;
        }
        String name = new String(key, prefix.length, key.length - prefix.length, StandardCharsets.UTF_8);
        if (value != null) {
            return update(name, key, value);
        }
        outdateUnreadable(name, tombstoneEpoch);
        return remove(name, tombstoneEpoch);
    }

    /**
     * The epoch of an unreadable update is not known, but each attempt of the job is of one release: so none of those whose updates were
     * read before wrote it, but, as far as can be told, a later one. What the former still write is older.
     */
    private void outdateUnreadable(String name, long epoch) {
        unreadable.computeIfPresent(name, (key, greatestBefore) -> epoch > greatestBefore ? null : greatestBefore);
    }

    private boolean isFollowed(byte[] key) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    private Outcome remove(String name, long epoch) {
        StatePolicy last = entries.get(name);
        if (last == null) {
            buryUnheld(name, epoch);
            return Outcome.STALE;
        }
        if (epoch < last.epoch()) {
            return Outcome.STALE;
        }
        entries.remove(name);
        bury(
                name,
                epoch == NO_EPOCH || epoch == last.epoch()
                        ? new Grave(last.epoch(), last.version())
                        : new Grave(epoch, 0));
        changes.increment();
        listener.removed(last);
        return Outcome.REMOVED;
    }

    /** An earlier attempt may have announced it, and its update may arrive late. */
    private void buryUnheld(String name, long epoch) {
        Grave known = graves.get(name);
        if (epoch != NO_EPOCH && (known == null || known.epoch() < epoch)) {
            bury(name, new Grave(epoch, 0));
        }
    }

    private void bury(String name, Grave grave) {
        graves.put(name, grave);
        if (graves.size() > GRAVES) {
            Iterator<String> oldest = graves.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    private Outcome update(String name, byte[] key, byte[] value) {
        StatePolicy arrived;
        try {
            arrived = StatePolicy.of(codec.decode(value));
        } catch (WireFormatException e) {
            if (e.kind() == WireFormatException.Kind.UNKNOWN_SCHEMA) {
                unreadable.put(name, greatestEpoch);
                return reject(Flaw.SCHEMA, e.getMessage());
            }
            return reject(Flaw.ENCODING, e.getMessage());
        } catch (IllegalArgumentException e) {
            return reject(Flaw.CONTENT, e.getMessage());
        }
        PolicyKey ownKey = new PolicyKey(arrived.policyId(), arrived.state());
        if (!Arrays.equals(ownKey.toBytes(), key)) {
            return reject(
                    Flaw.KEY,
                    "the key of a policy update must be its policyId/state: got '"
                            + new String(key, StandardCharsets.UTF_8) + "' for " + arrived);
        }
        greatestEpoch = Math.max(greatestEpoch, arrived.epoch());
        StatePolicy held = entries.get(name);
        if (held != null && !arrived.supersedes(held)) {
            return Outcome.STALE;
        }
        if (held == null) {
            Grave grave = graves.get(name);
            if (grave != null && !arrived.isAfter(grave.epoch(), grave.version())) {
                return Outcome.STALE;
            }
            graves.remove(name);
        }
        outdateUnreadable(name, arrived.epoch());
        StatePolicy row = withSharedStrings(arrived, held == null ? name : held.state());
        entries.put(name, row);
        changes.increment();
        listener.updated(row);
        return Outcome.UPDATED;
    }

    /**
     * There may be millions of rows, so none keeps its own copy of a string that is held anyway.
     *
     * @param key held anyway: the map's key, which is the state unless all policies are followed, or the previous row's
     *     state
     */
    private StatePolicy withSharedStrings(StatePolicy row, String key) {
        String policyId = policyIds.computeIfAbsent(row.policyId(), id -> id);
        return row.withStrings(policyId, key.equals(row.state()) ? key : row.state());
    }

    /** Logs only the first record with each flaw: whoever writes one writes many. */
    private Outcome reject(Flaw flaw, @Nullable String sentence) {
        rejections.increment();
        if (reported.add(flaw)) {
            LOG.warn("Skipped a record of the policy topic, and will skip others like it silently: {}", sentence);
        }
        return Outcome.REJECTED;
    }
}

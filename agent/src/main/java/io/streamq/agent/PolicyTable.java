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
 * The records of the policy topic, folded into what is true of each state. One thread applies, any number may read.
 *
 * <p>Among updates of one key the greatest (epoch, version) wins in whatever order they arrive, so a late write of a dead
 * attempt of the job changes nothing. A tombstone carries its epoch alone, if that: it changes nothing of what a later attempt announced,
 * and wins by arrival otherwise. A later update of that key has to exceed the (epoch, version) of what was removed, and the tombstone's
 * epoch. A row that was forgotten and begins anew does, as its count of announcements goes on.
 *
 * <p>What the last {@value #GRAVES} removed keys left behind is kept, about 10 MB when full, and the oldest given up for the next.
 * Only then, or if the view began after compaction had taken the removed update, could a late write of a dead attempt stand; such
 * writes end when its producer gives up, which is minutes after its successor began.
 */
final class PolicyTable {
    /** What became of a record. */
    enum Outcome {
        UPDATED,
        REMOVED,
        /** Older than what is or was held, or a tombstone of what is not held or was announced by a later attempt. */
        STALE,
        /** Of a policy that nobody follows here. */
        FOREIGN,
        /** No record of the policy topic: its key or its value cannot be read, or they contradict each other. */
        REJECTED
    }

    private enum Flaw {
        KEY,
        ENCODING,
        SCHEMA,
        CONTENT
    }

    /** What a removed key left behind: nothing up to here is news of it. Versions begin at 1. */
    private record Grave(long epoch, long version) {}

    static final int GRAVES = 100_000;

    /** Of a tombstone that does not say by which attempt it is. */
    static final long NO_EPOCH = Long.MAX_VALUE;

    private static final Logger LOG = LoggerFactory.getLogger(PolicyTable.class);

    private final AvroCodec<PolicyUpdate> codec = AvroCodec.policyUpdate();

    /** By the key's text after {@link #prefix}: a state, or {@code policyId/state} if all policies are followed. */
    private final ConcurrentHashMap<String, StatePolicy> entries = new ConcurrentHashMap<>();

    /** Of each policy that has been told of, the one string that all of its rows share; of the thread that applies. */
    private final Map<String, String> policyIds = new HashMap<>();

    /** How the keys begin that are followed; empty follows them all. */
    private final byte[] prefix;

    /** By the same text, keys removed and not updated since, in the order of their removal; of the thread that applies. */
    private final Map<String, Grave> graves = new LinkedHashMap<>();

    /**
     * By the same text, keys of which the last word is of a schema that this library does not know, each with what {@link #greatestEpoch}
     * was then. A record of a later epoch clears it.
     */
    private final ConcurrentHashMap<String, Long> unreadable = new ConcurrentHashMap<>();

    /** Of all updates that could be read, whatever their states; of the thread that applies. */
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
        // Not by Map.copyOf: it refuses a key that it meets twice, and one that is removed and put back meanwhile may
        // be met so.
        return Collections.unmodifiableMap(new HashMap<>(entries));
    }

    /** Records that updated or removed an entry. */
    long changes() {
        return changes.sum();
    }

    long rejections() {
        return rejections.sum();
    }

    /** How many states were told of by a schema that this library does not know, and by no later attempt since. */
    int unreadable() {
        return unreadable.size();
    }

    /**
     * Applies one record, as it stands on the topic.
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
     * The epoch of an unreadable update is not known, but an attempt of the job is of one release, so it was by none of those whose updates
     * were read before it, and as far as can be told by a later one. What these still write is older.
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

    /** An earlier attempt may have announced it, and its word may come late. */
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
     * There may be millions of rows, so none has a string of its own that is held anyway.
     *
     * @param key the map's own, which it keeps from the first row of a state: the state, unless all policies are followed
     */
    private StatePolicy withSharedStrings(StatePolicy row, String key) {
        String policyId = policyIds.computeIfAbsent(row.policyId(), id -> id);
        return row.withStrings(policyId, key.equals(row.state()) ? key : row.state());
    }

    /** Logs the first record of each flaw only: whoever writes one such record writes many. */
    private Outcome reject(Flaw flaw, @Nullable String sentence) {
        rejections.increment();
        if (reported.add(flaw)) {
            LOG.warn("Skipped a record of the policy topic, and will skip others like it silently: {}", sentence);
        }
        return Outcome.REJECTED;
    }
}

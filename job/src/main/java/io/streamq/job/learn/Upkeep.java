package io.streamq.job.learn;

import io.streamq.job.policy.PolicyRules;
import io.streamq.job.policy.RowLimits;
import io.streamq.job.record.StateKey;
import io.streamq.learning.GreedyChoice;
import io.streamq.learning.QRow;
import io.streamq.schemas.UpdateReason;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.runtime.state.KeyGroupRange;

/** What is done with rows when time has passed or room is short: delayed announcements, heartbeats, forgetting. Confined to LEARN's thread. */
final class Upkeep {
    /** Rows handled at a stretch, over all policies, so that experience never waits for long. */
    private static final int ROWS_AT_A_STRETCH = 2_000;
    /** Rows handled in a policy's turn, for each purpose, so that none waits for all rows of another. */
    private static final int ROWS_IN_A_TURN = 100;

    private final QTable table;
    private final ShardPolicies policies;
    private final Announcer announcer;
    private final RunningClock clock;
    private final KeyGroupRange keyGroups;
    private final int maxParallelism;
    /** Counts the policies' turns over all runs: each run continues where the last one ended. */
    private int turn;

    private long lastRunMillis = Long.MIN_VALUE;

    Upkeep(QTable table, ShardPolicies policies, Announcer announcer, RunningClock clock, Placement placement) {
        this.table = table;
        this.policies = policies;
        this.announcer = announcer;
        this.clock = clock;
        this.keyGroups = placement.keyGroups();
        this.maxParallelism = placement.maxParallelism();
    }

    /** Announces all rows of policies with a row limit: a crashed attempt may have evicted others than this one will. */
    void afterRestore() throws IOException {
        for (ShardPolicy policy : policies.all()) {
            if (policy.rules().limits().rows() > 0) {
                // It forgets, so it knows its rows: no need to scan the table for each policy.
                policy.touched.forEachUntil(Long.MAX_VALUE, (key, millis) -> {
                    announcer.announceAgain(key, row(key), policy, UpdateReason.RESTORED);
                    table.note(key);
                });
                makeRoom(policy);
            }
        }
    }

    /**
     * Does what is due, as much as is done at a stretch.
     *
     * @return whether more may be due
     */
    boolean run(long nowMillis) throws IOException {
        if (nowMillis < lastRunMillis) {
            policies.all().forEach(policy -> clockWasSetBack(policy, nowMillis));
        }
        lastRunMillis = nowMillis;
        long ranMillis = clock.read(nowMillis); // in any case: the times that rows keep are of this clock
        List<ShardPolicy> all = List.copyOf(policies.all());
        int rows = 0;
        int done = 0;
        while (done < all.size() && rows < ROWS_AT_A_STRETCH) {
            ShardPolicy policy = all.get(Math.floorMod(turn++, all.size()));
            int rowsOfPolicy = announceDue(policy, nowMillis, ROWS_IN_A_TURN)
                    + beat(policy, nowMillis)
                    + expire(policy, ranMillis);
            rows += rowsOfPolicy;
            done = rowsOfPolicy < ROWS_IN_A_TURN ? done + 1 : 0;
        }
        return done < all.size();
    }

    /** Otherwise all would wait until the clock has caught up. What was announced since counts as announced now. */
    private static void clockWasSetBack(ShardPolicy policy, long nowMillis) {
        policy.unsent.noneAfter(nowMillis + policy.rules().emission().minimumIntervalMillis());
        policy.announced.noneAfter(nowMillis);
    }

    /** Announces all that waits, due or not: nothing will trigger it later. */
    void flush() throws IOException {
        for (ShardPolicy policy : policies.all()) {
            announceDue(policy, Long.MAX_VALUE, Integer.MAX_VALUE);
        }
    }

    /** Like the two below, returns how many rows it handled. */
    private int announceDue(ShardPolicy policy, long nowMillis, int atMost) throws IOException {
        int rows = 0;
        StateKey key;
        while (rows < atMost && (key = policy.unsent.firstUntil(nowMillis)) != null) {
            announcer.dueNow(key, row(key), policy);
            table.note(key);
            rows++;
        }
        return rows;
    }

    private int beat(ShardPolicy policy, long nowMillis) throws IOException {
        long before = nowMillis - policy.rules().emission().heartbeatMillis();
        int rows = 0;
        StateKey key;
        while (rows < ROWS_IN_A_TURN && (key = policy.announced.firstUntil(before)) != null) {
            announcer.announceAgain(key, row(key), policy, UpdateReason.HEARTBEAT);
            table.note(key);
            rows++;
        }
        return rows;
    }

    private int expire(ShardPolicy policy, long ranMillis) throws IOException {
        RowLimits limits = policy.rules().limits();
        if (limits.timeToLiveMillis() == 0 || policy.rules().frozen()) {
            return 0;
        }
        long before = ranMillis - limits.timeToLiveMillis();
        int rows = 0;
        StateKey key;
        while (rows < ROWS_IN_A_TURN && (key = policy.touched.firstUntil(before)) != null) {
            forget(key, row(key), policy);
            rows++;
        }
        if (rows > 0) {
            policies.dropIfEmpty(policy);
        }
        return rows;
    }

    /** Records that a row was touched. */
    void touched(StateKey key, QRow row, ShardPolicy policy, long nowMillis) {
        touched(row, nowMillis);
        policy.touched.put(key, row.touchedAtMillis());
    }

    /** Records in a row that it was touched, by the running clock. */
    void touched(QRow row, long nowMillis) {
        row.touched(clock.read(nowMillis));
    }

    /** Forgets a policy's least recently touched rows while it exceeds its limit; a frozen one could not learn them again. */
    void makeRoom(ShardPolicy policy) throws IOException {
        long limit = policy.rules().frozen() ? 0 : policy.rules().limits().rows();
        while (limit > 0 && policy.rows > share(limit)) {
            StateKey eldest =
                    Objects.requireNonNull(policy.touched.first(), "a policy that forgets knows its rows' order");
            forget(eldest, row(eldest), policy);
        }
    }

    /** This shard's share of a limit over all: by key groups, so that the shares add up, and at least one. */
    private long share(long rows) {
        return Math.max(1, upTo(keyGroups.getEndKeyGroup() + 1, rows) - upTo(keyGroups.getStartKeyGroup(), rows));
    }

    /** {@code rows * keyGroup / maxParallelism}, without overflow. */
    private long upTo(int keyGroup, long rows) {
        return rows / maxParallelism * keyGroup + rows % maxParallelism * keyGroup / maxParallelism;
    }

    private void forget(StateKey key, QRow row, ShardPolicy policy) throws IOException {
        announcer.forgotten(key, row, policy);
        table.remove(key);
        policy.forget(key);
    }

    /** Forgets all rows of a policy. */
    void forgetAll(ShardPolicy policy) throws Exception {
        table.forEachOf(policy, (key, row) -> forget(key, row, policy));
    }

    /**
     * Does not let a policy's rows age by the time for which it was frozen, as nobody could touch them. All times move forward by as much
     * as brings the last to now: then none has less time than when the policy froze, and their order stays, also in a snapshot.
     */
    void thawed(ShardPolicy policy, long nowMillis) throws IOException {
        policy.touched.moveOnTo(clock.read(nowMillis));
        policy.touched.forEachUntil(Long.MAX_VALUE, (key, millis) -> {
            QRow row = row(key);
            row.touched(millis);
            announcer.notLearnt(key, row, policy); // for the reason below
            table.note(key);
        });
    }

    /**
     * Announces a policy's rows not touched in this attempt: a crashed one may have forgotten them as their time was over, before it read
     * that they stay.
     */
    void frozen(ShardPolicy policy) throws IOException {
        policy.touched.forEachUntil(clock.beganMillis(), (key, millis) -> {
            if (announcer.notLearnt(key, row(key), policy)) {
                table.note(key);
            }
        });
    }

    /**
     * Collects orders for the rows of a policy whose rules have changed.
     *
     * @param touchedStands whether the order in which rows were touched was kept, and still is
     */
    Orders newOrders(long nowMillis, boolean touchedStands) {
        return new Orders(nowMillis, clock, touchedStands);
    }

    private QRow row(StateKey key) throws IOException {
        return Objects.requireNonNull(table.row(key), "a row that is waited for was not forgotten");
    }

    /** A policy's row count and the orders that its rules need, collected from rows in any order. */
    static final class Orders {
        private final Map<StateKey, Long> touched = new HashMap<>();
        private final Map<StateKey, Long> unsent = new HashMap<>();
        private final Map<StateKey, Long> announced = new HashMap<>();
        private final long nowMillis;
        private final long ranMillis;
        /** Whether the policy keeps that order: it knows more than the times do, of rows touched in the same millisecond. */
        private final boolean touchedStands;

        private long rows;

        /** @param nowMillis assumed as the last touch of a row without one */
        Orders(long nowMillis, RunningClock clock) {
            this(nowMillis, clock, false);
        }

        private Orders(long nowMillis, RunningClock clock, boolean touchedStands) {
            this.nowMillis = nowMillis;
            this.ranMillis = clock.read(nowMillis);
            this.touchedStands = touchedStands;
        }

        void add(StateKey key, QRow row, PolicyRules rules) {
            rows++;
            if (rules.limits().forgets() && !touchedStands) {
                touched.put(key, row.touchedAtMillis() == 0 ? ranMillis : row.touchedAtMillis());
            }
            long interval = rules.emission().minimumIntervalMillis();
            if (interval > 0 && Announcer.hasNews(row, rules.emission())) {
                unsent.put(key, announcedAtMillis(row) + interval);
            }
            if (rules.emission().heartbeatMillis() > 0 && row.announcedAction() != GreedyChoice.NONE) {
                announced.put(key, announcedAtMillis(row));
            }
        }

        /** As recorded, or now if the clock was set back since. */
        private long announcedAtMillis(QRow row) {
            return Math.min(row.announcedAtMillis(), nowMillis);
        }

        /** Hands them over; none is left here, as those of a large policy take much memory. */
        void restoreTo(ShardPolicy policy) {
            policy.rows = rows;
            if (!touchedStands) {
                policy.touched.restore(touched);
                policy.touched.noneAfter(ranMillis); // recorded by a shard whose clock was ahead of this one's
                touched.clear();
            }
            policy.unsent.restore(unsent);
            unsent.clear();
            policy.announced.restore(announced);
            announced.clear();
        }
    }
}

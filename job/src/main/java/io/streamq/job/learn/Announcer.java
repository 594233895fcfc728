package io.streamq.job.learn;

import io.streamq.job.policy.EmissionRules;
import io.streamq.job.record.KeyWords;
import io.streamq.job.record.PolicyChange;
import io.streamq.job.record.PolicyControl;
import io.streamq.job.record.StateKey;
import io.streamq.learning.GreedyChoice;
import io.streamq.learning.QRow;
import io.streamq.schemas.UpdateReason;
import java.util.function.Consumer;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;
import org.jspecify.annotations.Nullable;

/**
 * Announces rows on the policy topic by the emission rules of their policies. Confined to LEARN's thread.
 *
 * <p>The first touch of a row after a restore always announces it: what a crashed attempt announced after its last checkpoint may be wrong
 * now, and the replay touches every row it touched. If there is nothing to announce then, a tombstone says so, unless the crashed attempt
 * cannot have announced anything either: what agents know of a state may be all there is.
 */
final class Announcer {
    private final Consumer<PolicyChange> topic;
    private final ProcessingTimeService clock;
    private final LearnMetrics metrics;
    private final long epoch;
    /** {@code null} in the first attempt. */
    private final @Nullable Doubts doubts;

    private final PolicyChange change = new PolicyChange();
    /** Greatest version of any row forgotten in this attempt: one that comes again continues from there. */
    private long greatestForgottenVersion;

    /**
     * @param topic receives what is announced, and must not keep it when it returns: the object is reused
     * @param epoch of this attempt, greater than any in which a restored row was announced
     * @param doubts what earlier attempts may have announced; {@code null} if there were none
     */
    Announcer(
            Consumer<PolicyChange> topic,
            ProcessingTimeService clock,
            LearnMetrics metrics,
            long epoch,
            @Nullable Doubts doubts) {
        this.topic = topic;
        this.clock = clock;
        this.metrics = metrics;
        this.epoch = epoch;
        this.doubts = doubts;
    }

    /** Announces a row that was learnt from or adapted, if the rules say so; now, or later if it must wait. */
    void learnt(KeyWords key, QRow row, ShardPolicy policy) {
        UpdateReason reason = reason(row, policy.rules().emission());
        if (reason != null) {
            announceInTime(key, row, policy, reason);
        }
    }

    /** Announces a row that gained actions: agents that know of them would take the old one for another policy's. */
    void grown(KeyWords key, QRow row, ShardPolicy policy) {
        UpdateReason reason = reason(row, policy.rules().emission());
        if (row.announcedAction() == GreedyChoice.NONE) {
            learnt(key, row, policy);
        } else {
            announce(key, row, policy, reason == null ? UpdateReason.VALUE_CHANGED : reason);
        }
    }

    private @Nullable UpdateReason reason(QRow row, EmissionRules rules) {
        if (row.announcedAction() == GreedyChoice.NONE) {
            return rules.minimumVisits() <= 1 || row.updates() >= rules.minimumVisits() ? UpdateReason.FIRST : null;
        }
        if (row.greedyAction() != row.announcedAction()) {
            return UpdateReason.GREEDY_ACTION_CHANGED;
        }
        if (row.epoch() != epoch) {
            return UpdateReason.RESTORED;
        }
        return valueMoved(row, rules) ? UpdateReason.VALUE_CHANGED : null;
    }

    private static boolean valueMoved(QRow row, EmissionRules rules) {
        return Math.abs(row.meanValue(row.greedyAction()) - row.announcedValue()) > rules.valueTolerance();
    }

    /** Whether an announced row has since changed enough to be announced again. */
    static boolean hasNews(QRow row, EmissionRules rules) {
        return row.announcedAction() != GreedyChoice.NONE
                && (row.greedyAction() != row.announcedAction() || valueMoved(row, rules));
    }

    private void announceInTime(KeyWords key, QRow row, ShardPolicy policy, UpdateReason reason) {
        long interval = policy.rules().emission().minimumIntervalMillis();
        boolean mayWait = interval > 0 && reason != UpdateReason.FIRST && row.epoch() == epoch;
        long now = mayWait ? clock.getCurrentProcessingTime() : 0;
        long due = Math.min(row.announcedAtMillis(), now) + interval; // the clock may have been set back since
        if (mayWait && now < due) {
            policy.unsent.putIfAbsent(key.toKey(), due);
        } else {
            announce(key, row, policy, reason);
        }
    }

    /** Announces a row whose change had to wait, unless it has changed back since. */
    void dueNow(StateKey key, QRow row, ShardPolicy policy) {
        UpdateReason reason = reason(row, policy.rules().emission());
        if (reason == null) {
            policy.unsent.remove(key);
        } else {
            announce(key, row, policy, reason);
        }
    }

    /** Announces a row whatever the rules say; but not for the first time, as it may be too young for them. */
    void announceAgain(KeyWords key, QRow row, ShardPolicy policy, UpdateReason reason) {
        if (row.announcedAction() != GreedyChoice.NONE) {
            announce(key, row, policy, reason);
        }
    }

    private void announce(KeyWords key, QRow row, ShardPolicy policy, UpdateReason reason) {
        if (doubts != null && row.announcedAction() == GreedyChoice.NONE) {
            doubts.forget(key);
        }
        EmissionRules rules = policy.rules().emission();
        long now = clock.getCurrentProcessingTime();
        if (rules.needsTime()) {
            row.announced(epoch, now);
            policy.unsent.remove(key.toKey());
        } else {
            row.announced(epoch);
        }
        if (rules.heartbeatMillis() > 0) {
            policy.announced.put(key.toKey(), now);
        }
        send(change.announce(key, row, reason, now), policy);
    }

    /**
     * Announces a row whose experience was not applied, unless this attempt already has.
     *
     * @return whether it was announced, and so has changed
     */
    boolean notLearnt(KeyWords key, QRow row, ShardPolicy policy) {
        if (row.epoch() == epoch) {
            return false;
        }
        announceAgain(key, row, policy, UpdateReason.RESTORED);
        return row.epoch() == epoch;
    }

    /**
     * Sends a tombstone for a state without an announced row if an earlier attempt may have seen the experience: after other experience, it
     * may have learnt from it and announced a row.
     */
    void deny(KeyWords words, long experienceMillis) {
        if (doubts != null && doubts.mayHaveBeenSeen(experienceMillis)) {
            deny(words.toKey(), doubts);
        }
    }

    /** The same where only another configuration can have made it announce one: sent once that has come, not before. */
    void denyIfReconfigured(KeyWords words, long experienceMillis) throws Exception {
        if (doubts != null && doubts.mayHaveBeenSeen(experienceMillis)) {
            StateKey key = words.toKey();
            if (doubts.isInDoubt(key, experienceMillis)) {
                deny(key, doubts);
            }
        }
    }

    /** Sends tombstones for states to which a configuration or deletion now in force may have given a row in an earlier attempt. */
    void reconfigured(PolicyControl control) throws Exception {
        if (doubts != null) {
            for (StateKey key : doubts.inDoubtBy(control, clock.getCurrentProcessingTime())) {
                deny(key, doubts);
            }
        }
    }

    private void deny(StateKey key, Doubts its) {
        if (its.settle(key)) {
            metrics.updatesSent.inc();
            topic.accept(change.forget(key, epoch, clock.getCurrentProcessingTime()));
        }
    }

    /** Announces that a row was forgotten. */
    void forgotten(StateKey key, QRow row, ShardPolicy policy) {
        greatestForgottenVersion = Math.max(greatestForgottenVersion, row.version());
        metrics.rowsForgotten.inc();
        policy.metrics().rowsForgotten.inc();
        if (doubts != null) {
            doubts.forget(key);
        }
        send(change.forget(key, epoch, clock.getCurrentProcessingTime()), policy);
    }

    /** Starts a new row's versions after those of any row that it might have been before. */
    void begun(QRow row) {
        if (greatestForgottenVersion > 0) {
            row.versionsAfter(greatestForgottenVersion);
        }
    }

    private void send(PolicyChange news, ShardPolicy policy) {
        metrics.updatesSent.inc();
        policy.metrics().updatesSent.inc();
        topic.accept(news);
    }
}

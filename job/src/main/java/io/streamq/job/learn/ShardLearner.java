package io.streamq.job.learn;

import io.streamq.job.record.KeyWords;
import io.streamq.job.record.Rejection;
import io.streamq.job.record.TransitionBatch;
import io.streamq.job.rejection.DeadLetters;
import io.streamq.job.rejection.RejectedException;
import io.streamq.learning.GreedyChoice;
import io.streamq.learning.QRow;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;
import org.jspecify.annotations.Nullable;

/**
 * Learns from a shard's transitions, one by one. Each is applied, suppressed as a duplicate, skipped as its policy is frozen, or rejected;
 * it is counted as such, and the topic is told what is then true of its state. Confined to LEARN's thread.
 */
final class ShardLearner {
    private final QTable table;
    private final ShardPolicies policies;
    private final Announcer announcer;
    private final Upkeep upkeep;
    private final ProcessingTimeService clock;
    private final LearnMetrics counts;
    private final DeadLetters deadLetters;
    private final Output<?> output;

    /** @param output takes dead letters */
    ShardLearner(
            QTable table,
            ShardPolicies policies,
            Announcer announcer,
            Upkeep upkeep,
            ProcessingTimeService clock,
            LearnMetrics counts,
            DeadLetters deadLetters,
            Output<?> output) {
        this.table = table;
        this.policies = policies;
        this.announcer = announcer;
        this.upkeep = upkeep;
        this.clock = clock;
        this.counts = counts;
        this.deadLetters = deadLetters;
        this.output = output;
    }

    /** Learns from all transitions of a batch whose cursor is before the first. */
    void learn(TransitionBatch batch) throws Exception {
        for (int count = table.prefetch(batch); count > 0; count = table.prefetch(batch)) {
            for (int i = 0; i < count && batch.next(); i++) {
                receive(batch, table.state(i), table.row(i));
            }
        }
    }

    private void receive(TransitionBatch transition, KeyWords key, @Nullable QRow row) throws Exception {
        ShardPolicy policy = policies.of(key);
        try {
            learn(transition, key, policy, row);
        } catch (RejectedException rejected) {
            output.collect(DeadLetters.TAG, new StreamRecord<>(deadLetters.letter(transition.source(), rejected)));
            if (policy == null) {
                denyUnknown(transition, key);
            } else {
                policy.metrics().rejected.inc();
                notLearnt(key, policy, row);
                denyUnlessAnnounced(transition, key, row);
            }
        }
    }

    private void learn(TransitionBatch transition, KeyWords key, @Nullable ShardPolicy policy, @Nullable QRow known)
            throws Exception {
        if (policy == null) {
            throw new RejectedException(Rejection.POLICY_UNKNOWN, policies.whyUnknown());
        }
        if (policy.rules().frozen()) {
            counts.frozen.inc();
            policy.metrics().frozen.inc();
            notLearnt(key, policy, known);
            denyIfReconfigured(transition, key, known);
            return;
        }
        if (known != null && policy.rules().limits().duplicateWindow() > 0 && known.remembers(transition.identity())) {
            counts.suppressed.inc();
            policy.metrics().suppressed.inc();
            notLearnt(key, policy, known);
            denyUnlessAnnounced(transition, key, known);
            return;
        }
        QRow row = known == null ? policy.learner().untouchedRow() : known;
        double error = policy.learner().apply(key, row, transition);
        if (known == null) {
            policies.gotRow(policy);
            announcer.begun(row);
        }
        remember(transition, key, policy, row);
        announcer.learnt(key, row, policy);
        denyIfReconfigured(transition, key, row);
        if (known == null) {
            table.put(key.toKey(), row, policy.rules());
            upkeep.makeRoom(policy);
        } else {
            table.keep(key, row, policy.rules());
        }
        // Last: whoever sees it counted may rely on the count of announcements.
        counts.applied(error);
        policy.metrics().applied.inc();
    }

    private void remember(TransitionBatch transition, KeyWords key, ShardPolicy policy, QRow row) {
        int window = policy.rules().limits().duplicateWindow();
        if (window > 0) {
            row.remember(transition.identity(), window);
        } else {
            row.remember(0, 0); // options of before may have had a window
        }
        if (policy.rules().limits().forgets()) {
            upkeep.touched(key.toKey(), row, policy, clock.getCurrentProcessingTime());
        } else if (row.touchedAtMillis() != 0) {
            row.touched(0); // no longer kept: what was noted is outdated
        }
    }

    /** Announces a row whose experience was not applied, in case an earlier attempt announced otherwise. */
    private void notLearnt(KeyWords key, ShardPolicy policy, @Nullable QRow row) throws Exception {
        if (row != null && announcer.notLearnt(key, row, policy)) {
            table.note(key);
        }
    }

    /** An earlier attempt may have applied the experience: whether it can be depends on what came before it. */
    private void denyUnlessAnnounced(TransitionBatch transition, KeyWords key, @Nullable QRow row) {
        if (!isAnnounced(row)) {
            announcer.deny(key, transition.timestampMillis());
        }
    }

    /** An earlier attempt had the same outcome, unless the policy's configuration was another. */
    private void denyIfReconfigured(TransitionBatch transition, KeyWords key, @Nullable QRow row) throws Exception {
        if (!isAnnounced(row)) {
            announcer.denyIfReconfigured(key, transition.timestampMillis());
        }
    }

    /** Where experience creates policies, the first to come are the known ones. */
    private void denyUnknown(TransitionBatch transition, KeyWords key) throws Exception {
        if (policies.createUnknown()) {
            denyUnlessAnnounced(transition, key, null);
        } else {
            denyIfReconfigured(transition, key, null);
        }
    }

    private static boolean isAnnounced(@Nullable QRow row) {
        return row != null && row.announcedAction() != GreedyChoice.NONE;
    }
}

package io.streamq.job.learn;

import io.streamq.job.policy.InvalidPolicyException;
import io.streamq.job.record.ControlStatus;
import io.streamq.job.record.PolicyChange;
import io.streamq.job.record.PolicyControl;
import io.streamq.job.record.Rejection;
import io.streamq.job.record.SourceRecord;
import io.streamq.job.rejection.DeadLetters;
import io.streamq.schemas.PolicyConfigOutcome;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Receives configurations and answers each: in force, or refused and why. What is in force is answered again once a checkpoint holds it,
 * since a crash before that takes the shard back before it. Confined to LEARN's thread.
 */
final class ShardControl {
    private final Configurations configurations;
    private final Reconfiguration changes;
    private final ShardPolicies policies;
    private final LearnMetrics counts;
    private final DeadLetters deadLetters;
    private final Output<StreamRecord<PolicyChange>> output;
    private final TaskInfo task;
    private final long epoch;
    /** Changes in force but in no completed checkpoint, by policyId. */
    private final Map<String, Change> undurable = new LinkedHashMap<>();

    private boolean begun;

    /** The answer to a record of the control topic. */
    private record Answer(PolicyControl control, PolicyConfigOutcome outcome, List<String> violations) {
        static Answer done(PolicyControl control) {
            return new Answer(
                    control,
                    control.config() == null ? PolicyConfigOutcome.DELETED : PolicyConfigOutcome.APPLIED,
                    List.of());
        }

        static Answer refused(PolicyControl control, List<String> violations) {
            return new Answer(control, PolicyConfigOutcome.REFUSED, violations);
        }
    }

    /**
     * A change that is in force.
     *
     * @param checkpointId of the first checkpoint that holds it; the greatest number if none has begun since
     * @param answer the last one to its policy: to the change, or to one refused since
     */
    private record Change(PolicyControl control, long checkpointId, Answer answer) {
        Change in(long beginning) {
            return new Change(control, Math.min(checkpointId, beginning), answer);
        }

        Change answered(Answer later) {
            return new Change(control, checkpointId, later);
        }
    }

    ShardControl(
            Configurations configurations,
            Reconfiguration changes,
            ShardPolicies policies,
            LearnMetrics counts,
            DeadLetters deadLetters,
            Output<StreamRecord<PolicyChange>> output,
            TaskInfo task,
            long epoch) {
        this.configurations = configurations;
        this.changes = changes;
        this.policies = policies;
        this.counts = counts;
        this.deadLetters = deadLetters;
        this.output = output;
        this.task = task;
        this.epoch = epoch;
    }

    /** Answers once what was in force from the start, as the shards may be others than before, and what was refused. */
    void begin(long nowMillis) throws Exception {
        if (begun) {
            return;
        }
        begun = true;
        // All is from a snapshot, or what each attempt without one begins with.
        for (PolicyControl control : configurations.all()) {
            answer(Answer.done(control), true, nowMillis);
        }
        for (PolicyControl deletion : configurations.deletions()) {
            answer(Answer.done(deletion), true, nowMillis);
            configurations.dropDeletion(deletion);
        }
        for (Configurations.Refused refused : configurations.refused()) {
            if (refused.isNew()) {
                refuse(refused.control(), refused.violations(), nowMillis);
            } else {
                // The answer above replaced that of an earlier attempt, which also sent the dead letter.
                answer(Answer.refused(refused.control(), refused.violations()), true, nowMillis);
            }
        }
    }

    /** Applies a configuration as a whole, or changes nothing. */
    void receive(PolicyControl control, long nowMillis) throws Exception {
        begin(nowMillis); // a configuration may overtake the timer, and is answered once
        try {
            changes.apply(control, nowMillis);
        } catch (InvalidPolicyException invalid) {
            configurations.noteRefused(control);
            refuse(control, invalid.violations(), nowMillis);
            return;
        }
        configurations.note(control);
        counts.configurationsApplied.inc();
        Answer done = Answer.done(control);
        undurable.put(control.policyId(), new Change(control, Long.MAX_VALUE, done));
        answer(done, false, nowMillis);
    }

    /** Notes that a checkpoint holds all that is in force. */
    void checkpointBegins(long checkpointId) {
        undurable.replaceAll((policyId, change) -> change.in(checkpointId));
    }

    /** Answers what the checkpoint made durable; it holds what earlier ones held, whatever became of those. */
    void checkpointCompleted(long checkpointId, long nowMillis) throws Exception {
        for (Iterator<Change> changes = undurable.values().iterator(); changes.hasNext(); ) {
            Change change = changes.next();
            if (change.checkpointId <= checkpointId) {
                changes.remove();
                answer(change.answer, true, nowMillis);
                if (change.control.config() == null) {
                    configurations.dropDeletion(change.control);
                }
            }
        }
    }

    private void refuse(PolicyControl control, List<String> violations, long nowMillis) {
        counts.configurationsRefused.inc();
        Answer refused = Answer.refused(control, violations);
        // The topic keeps one answer per policy, so this one also covers the change before it.
        Change before = undurable.computeIfPresent(control.policyId(), (policyId, change) -> change.answered(refused));
        answer(refused, before == null, nowMillis);
        handBack(control, violations);
    }

    /** Every shard refuses it alike, so one returns it for all. */
    private void handBack(PolicyControl control, List<String> violations) {
        if (task.getIndexOfThisSubtask() == 0) {
            SourceRecord source = new SourceRecord(
                    control.partition(),
                    control.offset(),
                    control.timestampMillis(),
                    control.policyId().getBytes(StandardCharsets.UTF_8),
                    control.config());
            output.collect(
                    DeadLetters.TAG,
                    new StreamRecord<>(deadLetters.letter(
                            source, Rejection.POLICY_CONFIG_INVALID, String.join("; ", violations))));
        }
    }

    private void answer(Answer answer, boolean durable, long nowMillis) {
        PolicyControl control = answer.control;
        ShardPolicy policy = policies.byId(control.policyId());
        output.collect(
                LearnOperator.STATUS,
                new StreamRecord<>(new ControlStatus(
                        control.policyId(),
                        task.getIndexOfThisSubtask(),
                        task.getNumberOfParallelSubtasks(),
                        answer.outcome,
                        answer.violations,
                        policy == null ? 0 : policy.rules().generation(),
                        control.partition(),
                        control.offset(),
                        policy == null ? 0 : policy.rows,
                        epoch,
                        nowMillis,
                        durable)));
    }
}

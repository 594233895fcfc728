package io.streamq.job.metrics;

import io.streamq.job.record.Rejection;

/**
 * The job's metrics. In Flink's operator scope, under the group {@value #GROUP}:
 * {@code <host>.taskmanager.<id>.<job>.learn.0.streamq.experiencesApplied}.
 */
public final class StreamQMetrics {
    public static final String GROUP = "streamq";

    /** Counter, LEARN: experiences that changed the Q-table since the task started. */
    public static final String EXPERIENCES_APPLIED = "experiencesApplied";

    /** Counter, LEARN: experiences not applied because their row remembered them: duplicates. */
    public static final String EXPERIENCES_SUPPRESSED = "experiencesSuppressed";

    /** Counter, LEARN: experiences not applied because their policy is frozen. */
    public static final String EXPERIENCES_FROZEN = "experiencesFrozen";

    /** Counter, LEARN: rows forgotten: expired, evicted, reset or deleted with their policy. */
    public static final String ROWS_FORGOTTEN = "rowsForgotten";

    /** Gauge, LEARN: policies that are configured, or have rows on this shard. */
    public static final String POLICIES = "policies";

    /** Counter, LEARN: configurations, changes and deletions that this shard applied since the task started. */
    public static final String CONFIGURATIONS_APPLIED = "configurationsApplied";

    /** Counter, LEARN: configurations that this shard refused since the task started. */
    public static final String CONFIGURATIONS_REFUSED = "configurationsRefused";

    /**
     * Name of the variable that holds the policy in metrics of a single one: {@code policy.default.experiencesApplied}. Besides
     * experiencesApplied, experiencesSuppressed, experiencesFrozen, policyUpdatesSent, rows and rowsForgotten there is
     * {@link #POLICY_REJECTED}.
     */
    public static final String POLICY = "policy";

    /** Counter, LEARN, of a policy: experiences that LEARN rejected. */
    public static final String POLICY_REJECTED = "experiencesRejected";

    /** Counter, LEARN: records sent to the policy topic. */
    public static final String POLICY_UPDATES_SENT = "policyUpdatesSent";

    /**
     * Histogram, LEARN: |target - Q(s,a)| of the last 1024 sampled experiences, one in 16 being sampled, in millionths of the reward's
     * unit, since Flink's histograms take whole numbers.
     */
    public static final String TD_ERROR_MICROS = "absoluteTdErrorMicros";

    /** Gauge, LEARN: rows of the Q-table in this shard. */
    public static final String ROWS = "rows";

    /** Gauge, LEARN, milliseconds: how long reading all rows into the shared view took after the last start. */
    public static final String VIEW_REBUILD_MILLIS = "viewRebuildMillis";

    /** Gauge, REPLICA: rows of shards elsewhere whose values this subtask keeps for its TaskManager. */
    public static final String REPLICATED_ROWS = "replicatedRows";

    /** Counter, BOOTSTRAP and DECODE: experiences whose successor had no row, so that the initial value was used. */
    public static final String UNSEEN_SUCCESSORS = "bootstrapsFromUnseenSuccessor";

    /**
     * Counter, decode and LEARN, in a subgroup with the variable {@code reason}: {@code deadLetters.reason.NOT_AVRO.count}. One per
     * {@link Rejection}.
     */
    public static final String DEAD_LETTERS = "deadLetters";

    /** Name of the variable that holds the reason in {@link #DEAD_LETTERS}. */
    public static final String DEAD_LETTER_REASON = "reason";

    /** The counter inside a reason's group. */
    public static final String DEAD_LETTER_COUNT = "count";

    private StreamQMetrics() {}
}

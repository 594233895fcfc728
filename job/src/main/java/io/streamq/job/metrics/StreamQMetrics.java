package io.streamq.job.metrics;

import io.streamq.job.record.Rejection;

/**
 * The job's metrics. In Flink's scope of an operator, under the group {@value #GROUP}:
 * {@code <host>.taskmanager.<id>.<job>.learn.0.streamq.experiencesApplied}.
 */
public final class StreamQMetrics {
    public static final String GROUP = "streamq";

    /** Counter, LEARN: experiences that changed the Q-table since the task started. */
    public static final String EXPERIENCES_APPLIED = "experiencesApplied";

    /** Counter, LEARN: experiences that were not applied as their row remembered them: duplicates. */
    public static final String EXPERIENCES_SUPPRESSED = "experiencesSuppressed";

    /** Counter, LEARN: experiences that were not applied as their policy is frozen. */
    public static final String EXPERIENCES_FROZEN = "experiencesFrozen";

    /** Counter, LEARN: rows that were forgotten: expired, evicted, reset or deleted with their policy. */
    public static final String ROWS_FORGOTTEN = "rowsForgotten";

    /** Gauge, LEARN: policies that are configured, or have rows on this shard. */
    public static final String POLICIES = "policies";

    /** Counter, LEARN: configurations, changes and deletions that this shard applied since the task started. */
    public static final String CONFIGURATIONS_APPLIED = "configurationsApplied";

    /** Counter, LEARN: configurations that this shard refused since the task started. */
    public static final String CONFIGURATIONS_REFUSED = "configurationsRefused";

    /**
     * The name of the variable in which the metrics of a single policy carry it: {@code policy.default.experiencesApplied}. Beside
     * experiencesApplied, experiencesSuppressed, experiencesFrozen, policyUpdatesSent, rows and rowsForgotten there is
     * {@link #POLICY_REJECTED}.
     */
    public static final String POLICY = "policy";

    /** Counter, LEARN, of a policy: experiences that LEARN rejected. */
    public static final String POLICY_REJECTED = "experiencesRejected";

    /** Counter, LEARN: records sent to the policy topic. */
    public static final String POLICY_UPDATES_SENT = "policyUpdatesSent";

    /**
     * Histogram, LEARN: |target - Q(s,a)| of the last 1024 sampled experiences, one in 16 being sampled, in millionths of the
     * reward's unit, since Flink's histograms take whole numbers.
     */
    public static final String TD_ERROR_MICROS = "absoluteTdErrorMicros";

    /** Gauge, LEARN: rows of the Q-table in this shard. */
    public static final String ROWS = "rows";

    /** Gauge, LEARN, milliseconds: how long it took after the last start to read all rows into the shared view. */
    public static final String VIEW_REBUILD_MILLIS = "viewRebuildMillis";

    /** Gauge, REPLICA: rows of shards elsewhere whose values this subtask keeps for its TaskManager. */
    public static final String REPLICATED_ROWS = "replicatedRows";

    /** Counter, BOOTSTRAP and DECODE: experiences whose successor had no row, so that the initial value stood in. */
    public static final String UNSEEN_SUCCESSORS = "bootstrapsFromUnseenSuccessor";

    /**
     * Counter, decode and LEARN, in a subgroup with the variable {@code reason}: {@code deadLetters.reason.NOT_AVRO.count}. One
     * for each {@link Rejection}.
     */
    public static final String DEAD_LETTERS = "deadLetters";

    /** The name of the variable in which {@link #DEAD_LETTERS} carries its reason. */
    public static final String DEAD_LETTER_REASON = "reason";

    /** The counter inside a reason's group. */
    public static final String DEAD_LETTER_COUNT = "count";

    private StreamQMetrics() {}
}

package io.streamq.schemas;

/** Default topic names; every program lets its user choose others. */
public final class Topics {
    /** {@link Experience} by any key; agents use their agentId. Cleanup policy: delete. */
    public static final String EXPERIENCES = "streamq.experiences.v1";

    /** {@link PolicyUpdate} by {@link PolicyKey}; a tombstone means a forgotten state. Cleanup policy: compact. */
    public static final String POLICY = "streamq.policy.v1";

    /** {@link PolicyConfig} by policyId; a tombstone deletes the policy. Cleanup policy: compact. */
    public static final String CONTROL = "streamq.control.v1";

    /** {@link PolicyConfigStatus} by {@code policyId/shard}: the job's answer to a configuration. Cleanup policy: compact. */
    public static final String CONTROL_STATUS = "streamq.control-status.v1";

    /** Original bytes, with {@link DeadLetterHeaders}. Cleanup policy: delete. */
    public static final String DEAD_LETTERS = "streamq.dead-letters.v1";

    private Topics() {}
}

package io.streamq.cli.topics;

import io.streamq.schemas.Topics;

/** The topics of StreamQ and what each must be like. */
enum TopicRole {
    /** Read once by the job: old experience may go. Partitions bound how many readers share the work. */
    EXPERIENCES("experiences", Topics.EXPERIENCES, "delete", 8),
    /** Holds the newest record of each state for ever: time must not delete what an agent that starts today needs. */
    POLICY("policy", Topics.POLICY, "compact", 1),
    /** Holds the configuration of each policy for ever. */
    CONTROL("control", Topics.CONTROL, "compact", 1),
    /** Holds what each shard made of the last configuration of each policy. */
    CONTROL_STATUS("control-status", Topics.CONTROL_STATUS, "compact", 1),
    /** Looked at by people, within the time that records are kept. */
    DEAD_LETTERS("dead-letters", Topics.DEAD_LETTERS, "delete", 1);

    final String label;
    final String defaultName;
    final String cleanupPolicy;
    final int defaultPartitions;

    TopicRole(String label, String defaultName, String cleanupPolicy, int defaultPartitions) {
        this.label = label;
        this.defaultName = defaultName;
        this.cleanupPolicy = cleanupPolicy;
        this.defaultPartitions = defaultPartitions;
    }
}

package io.streamq.cli.topics;

import io.streamq.schemas.Topics;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;

/** StreamQ's topics and what each must be like. */
enum TopicRole {
    /** Read once by the job: old experience may be deleted. Partitions bound how many readers share the work. */
    EXPERIENCES("experiences", Topics.EXPERIENCES, "delete", 8),
    /** Holds the newest record of each state for ever: time must not delete what an agent that starts today needs. */
    POLICY("policy", Topics.POLICY, "compact", 1),
    /** Holds the configuration of each policy for ever. */
    CONTROL("control", Topics.CONTROL, "compact", 1),
    /** Holds each shard's outcome for the last configuration of each policy. */
    CONTROL_STATUS("control-status", Topics.CONTROL_STATUS, "compact", 1),
    /** Inspected by people, within the retention time. */
    DEAD_LETTERS("dead-letters", Topics.DEAD_LETTERS, "delete", 1);

    final String label;
    final String defaultName;
    final String cleanupPolicy;
    final int defaultPartitions;

    /** A reader cut off for no longer than this still sees all tombstones; Kafka's default is a day. */
    private static final Duration TOMBSTONES_STAY = Duration.ofDays(7);

    /**
     * A job that was down for no longer than this reads every change made meanwhile: after compaction, a policy deleted and recreated
     * would look like one with changed rules, and keep what was learnt. By default Kafka may compact at any time.
     */
    private static final Duration CHANGES_STAY = Duration.ofDays(7);

    /**
     * At this size, in bytes, a segment of the policy topic is closed: the active one is never compacted, and a starting agent
     * reads all of it. Kafka's default is a gibibyte, some ten million records.
     */
    private static final int POLICY_SEGMENT_BYTES = 64 << 20;

    TopicRole(String label, String defaultName, String cleanupPolicy, int defaultPartitions) {
        this.label = label;
        this.defaultName = defaultName;
        this.cleanupPolicy = cleanupPolicy;
        this.defaultPartitions = defaultPartitions;
    }

    /** What a topic must have, in the order of the report. */
    Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put(TopicConfig.CLEANUP_POLICY_CONFIG, cleanupPolicy);
        if (cleanupPolicy.equals(TopicConfig.CLEANUP_POLICY_COMPACT)) {
            settings.put(TopicConfig.DELETE_RETENTION_MS_CONFIG, "" + TOMBSTONES_STAY.toMillis());
        }
        if (this == CONTROL) {
            settings.put(TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG, "" + CHANGES_STAY.toMillis());
        }
        if (this == EXPERIENCES) {
            // By the agents' clocks, the broker would refuse records of a clock an hour ahead, and retention would soon
            // delete those of one that is behind.
            settings.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
        }
        return settings;
    }

    /** What a topic had better have; an existing one works without it. All else is the broker's default. */
    Map<String, String> advisedSettings() {
        return this == POLICY ? Map.of(TopicConfig.SEGMENT_BYTES_CONFIG, "" + POLICY_SEGMENT_BYTES) : Map.of();
    }
}

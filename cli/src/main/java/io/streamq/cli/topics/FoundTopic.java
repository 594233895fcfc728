package io.streamq.cli.topics;

import java.util.Optional;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;

/**
 * A topic as it exists.
 *
 * @param config all effective settings, the topic's own or the broker's defaults
 */
record FoundTopic(String name, int partitions, int replication, Config config) {
    /** The value of a setting; null if the broker does not know it. */
    @Nullable
    String setting(String setting) {
        ConfigEntry entry = config.get(setting);
        return entry == null ? null : entry.value();
    }

    /** A setting as a number; empty if the broker does not know it. */
    Optional<Long> number(String setting) {
        return Optional.ofNullable(setting(setting)).map(Long::valueOf);
    }

    @Nullable
    String cleanupPolicy() {
        return setting(TopicConfig.CLEANUP_POLICY_CONFIG);
    }
}

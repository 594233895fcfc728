package io.streamq.cli.topics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;

/**
 * One topic as it should be.
 *
 * @param partitions what the user asked for; null leaves it to StreamQ where the topic is created, and unchecked where it exists
 * @param replication what the user asked for; null likewise leaves it to the broker
 */
record TopicPlan(
        TopicRole role,
        String name,
        @Nullable Integer partitions,
        @Nullable Short replication) {

    /** Something about a topic that is not as planned. */
    record Difference(String topic, String setting, String expected, String found) {}

    int partitionsToCreate() {
        return partitions == null ? role.defaultPartitions : partitions;
    }

    /** What is wrong with the topic, null being a topic that does not exist. */
    List<Difference> differences(@Nullable FoundTopic found) {
        if (found == null) {
            return List.of(new Difference(name, "topic", "exists", "missing"));
        }
        List<Difference> differences = new ArrayList<>();
        role.settings().forEach((setting, expected) -> {
            String actual = found.setting(setting);
            if (actual == null || !suffices(setting, expected, actual)) {
                differences.add(new Difference(name, setting, expected, actual == null ? "unknown" : actual));
            }
        });
        if (partitions != null && partitions != found.partitions()) {
            differences.add(new Difference(name, "partitions", "" + partitions, "" + found.partitions()));
        }
        if (replication != null && replication != found.replication()) {
            differences.add(new Difference(name, "replication", "" + replication, "" + found.replication()));
        }
        return differences;
    }

    private static boolean suffices(String setting, String expected, String found) {
        return switch (setting) {
            case TopicConfig.CLEANUP_POLICY_CONFIG -> policies(found).equals(policies(expected));
            // Records that stand for longer serve those, too, who were away for longer.
            case TopicConfig.DELETE_RETENTION_MS_CONFIG, TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG ->
                Long.parseLong(found) >= Long.parseLong(expected);
            default -> found.equals(expected);
        };
    }

    private static Set<String> policies(String setting) {
        return new TreeSet<>(Arrays.asList(setting.split("\\s*,\\s*")));
    }
}

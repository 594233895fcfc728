package io.streamq.cli.topics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;

/**
 * A topic as it should be.
 *
 * @param partitions what the user asked for; null leaves it to StreamQ for a new topic, and unchecked for an existing one
 * @param replication what the user asked for; null likewise leaves it to the broker
 */
record TopicPlan(
        TopicRole role,
        String name,
        @Nullable Integer partitions,
        @Nullable Short replication) {

    /** Something about a topic that is not as planned. */
    record Difference(String topic, String setting, String expected, String found) {}

    /** Something about a topic that could be better, though it can be used as it is. */
    record Advice(String topic, String setting, String better, String found) {}

    static final String REPLICATION = "replication";

    /** Enough that each record is still on two brokers while one is down. */
    private static final int SAFE_REPLICAS = 3;

    private static final String SAFE_REPLICAS_IN_SYNC = "2";

    int partitionsToCreate() {
        return partitions == null ? role.defaultPartitions : partitions;
    }

    /** What the topic is created with; all else is the broker's default. */
    Map<String, String> settingsToCreate() {
        Map<String, String> settings = new LinkedHashMap<>(role.settings());
        settings.putAll(role.advisedSettings());
        if (replication != null && replication >= SAFE_REPLICAS) {
            settings.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, SAFE_REPLICAS_IN_SYNC);
        }
        return settings;
    }

    /**
     * What could be better about an existing topic.
     *
     * @param brokers of the cluster, which bound the replicas
     */
    List<Advice> advice(FoundTopic found, int brokers) {
        List<Advice> advice = new ArrayList<>();
        int replicas = Math.min(SAFE_REPLICAS, brokers);
        if (replication == null && found.replication() < replicas) {
            advice.add(new Advice(name, REPLICATION, "" + replicas, "" + found.replication()));
        }
        if (found.replication() >= SAFE_REPLICAS) {
            String setting = TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG;
            found.number(setting)
                    .filter(inSync -> inSync < Long.parseLong(SAFE_REPLICAS_IN_SYNC))
                    .ifPresent(inSync -> advice.add(new Advice(name, setting, SAFE_REPLICAS_IN_SYNC, "" + inSync)));
        }
        role.advisedSettings().forEach((setting, most) -> found.number(setting)
                .filter(actual -> actual > Long.parseLong(most))
                .ifPresent(actual -> advice.add(new Advice(name, setting, most, "" + actual))));
        return advice;
    }

    /** What is wrong with the topic; {@code found} is null if it does not exist. */
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
            differences.add(new Difference(name, REPLICATION, "" + replication, "" + found.replication()));
        }
        return differences;
    }

    private static boolean suffices(String setting, String expected, String found) {
        return switch (setting) {
            case TopicConfig.CLEANUP_POLICY_CONFIG -> policies(found).equals(policies(expected));
            // Longer retention also serves readers that were away for longer.
            case TopicConfig.DELETE_RETENTION_MS_CONFIG, TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG ->
                Long.parseLong(found) >= Long.parseLong(expected);
            default -> found.equals(expected);
        };
    }

    private static Set<String> policies(String setting) {
        return new TreeSet<>(Arrays.asList(setting.split("\\s*,\\s*")));
    }
}

package io.streamq.cli.topics;

import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.terminal.Quantities;
import io.streamq.cli.terminal.Style;
import io.streamq.cli.terminal.Table;
import io.streamq.cli.terminal.Terminal;
import io.streamq.cli.topics.TopicPlan.Advice;
import io.streamq.cli.topics.TopicPlan.Difference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;

/** The report of {@code topics create} and {@code topics check}. */
final class TopicReport {
    /** The report for programs. */
    record Json(List<JsonTopic> topics, List<Difference> differences, List<Advice> advice) {}

    /** A topic of the report; the last three are absent if it does not exist. */
    record JsonTopic(
            String role,
            String name,
            boolean exists,
            boolean created,
            @Nullable Integer partitions,
            @Nullable Integer replication,
            @Nullable String cleanupPolicy) {}

    private final List<TopicPlan> plans;
    private final Map<String, FoundTopic> found;
    private final Set<String> created;
    private final List<Difference> differences;
    private final List<Advice> advice;

    /** @param brokers of the cluster */
    TopicReport(List<TopicPlan> plans, Map<String, FoundTopic> found, Set<String> created, int brokers) {
        this.plans = plans;
        this.found = found;
        this.created = created;
        this.differences = plans.stream()
                .flatMap(plan -> plan.differences(found.get(plan.name())).stream())
                .toList();
        this.advice = plans.stream()
                .filter(plan -> found.containsKey(plan.name()))
                .flatMap(plan -> plan.advice(found.get(plan.name()), brokers).stream())
                .toList();
    }

    int exitCode() {
        return differences.isEmpty() ? ExitCodes.DONE : ExitCodes.FAILED;
    }

    /** @param bootstrapServers where the topics are, for the commands that correct them */
    void print(Terminal terminal, String bootstrapServers) {
        terminal.print(topics());
        terminal.print("");
        if (differences.isEmpty()) {
            terminal.print(terminal.styled(Style.GOOD, "All topics are as they should be."));
        } else {
            terminal.print(terminal.styled(Style.BAD, Quantities.count(differences.size(), "difference") + ":"));
            terminal.print(differenceTable());
        }
        if (!advice.isEmpty()) {
            terminal.print("");
            terminal.print(terminal.styled(Style.WARNING, "Could be better:"));
            terminal.print(adviceTable());
            advice.stream().map(Advice::setting).distinct().forEach(setting -> terminal.print("  " + reason(setting)));
        }
        if (found.size() < plans.size()) {
            terminal.print("");
            terminal.print("'streamq topics create' creates what is missing.");
        }
        if (differences.size() + advice.size() > plans.size() - found.size()) {
            List<String> corrections = corrections(bootstrapServers);
            terminal.print("");
            terminal.print("StreamQ does not change existing topics; Kafka's own tools do"
                    + (corrections.isEmpty() ? "." : ", settings with:"));
            corrections.forEach(correction -> terminal.print("  " + correction));
        }
    }

    /** Why an advised setting is better. */
    private static String reason(String setting) {
        return switch (setting) {
            case TopicPlan.REPLICATION -> "replication: what was acknowledged outlives the disk of a broker.";
            case TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG ->
                setting + ": nothing is acknowledged while only one broker has it.";
            case TopicConfig.SEGMENT_BYTES_CONFIG ->
                setting + ": agents that start have less to read, as the segment being written is not compacted.";
            default -> throw new IllegalArgumentException("no reason for " + setting);
        };
    }

    Json json() {
        List<JsonTopic> topics = plans.stream()
                .map(plan -> {
                    FoundTopic topic = found.get(plan.name());
                    return new JsonTopic(
                            plan.role().label,
                            plan.name(),
                            topic != null,
                            created.contains(plan.name()),
                            topic == null ? null : Integer.valueOf(topic.partitions()),
                            topic == null ? null : Integer.valueOf(topic.replication()),
                            topic == null ? null : topic.cleanupPolicy());
                })
                .toList();
        return new Json(topics, differences, advice);
    }

    private Table topics() {
        Table table = new Table()
                .text("topic")
                .text("")
                .number("partitions")
                .number("replicas")
                .text("cleanup");
        for (TopicPlan plan : plans) {
            FoundTopic topic = found.get(plan.name());
            if (topic == null) {
                table.row(plan.name(), "missing", null, null, null);
            } else {
                String what = created.contains(plan.name()) ? "created" : "exists";
                table.row(plan.name(), what, topic.partitions(), topic.replication(), topic.cleanupPolicy());
            }
        }
        return table;
    }

    private Table differenceTable() {
        Table table = new Table().text("topic").text("setting").text("expected").text("found");
        differences.forEach(difference ->
                table.row(difference.topic(), difference.setting(), difference.expected(), difference.found()));
        return table;
    }

    private Table adviceTable() {
        Table table = new Table().text("topic").text("setting").text("better").text("found");
        advice.forEach(better -> table.row(better.topic(), better.setting(), better.better(), better.found()));
        return table;
    }

    /** The commands that correct settings, one for each topic with other settings than needed or advised. */
    private List<String> corrections(String bootstrapServers) {
        List<String> corrections = new ArrayList<>();
        for (TopicPlan plan : plans) {
            Stream<String> needed = differences.stream()
                    .filter(difference -> difference.topic().equals(plan.name()))
                    .filter(difference -> plan.role().settings().containsKey(difference.setting()))
                    .map(difference -> difference.setting() + "=" + difference.expected());
            Stream<String> better = advice.stream()
                    .filter(advised -> advised.topic().equals(plan.name()))
                    .filter(advised -> !advised.setting().equals(TopicPlan.REPLICATION))
                    .map(advised -> advised.setting() + "=" + advised.better());
            String settings = Stream.concat(needed, better).collect(Collectors.joining(","));
            if (!settings.isEmpty()) {
                corrections.add("kafka-configs.sh --bootstrap-server " + bootstrapServers + " --alter --topic "
                        + plan.name() + " --add-config " + settings);
            }
        }
        return corrections;
    }
}

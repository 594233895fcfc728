package io.streamq.cli.topics;

import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.terminal.Quantities;
import io.streamq.cli.terminal.Style;
import io.streamq.cli.terminal.Table;
import io.streamq.cli.terminal.Terminal;
import io.streamq.cli.topics.TopicPlan.Difference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What {@code topics create} and {@code topics check} have to say. */
final class TopicReport {
    /** The report as a program reads it. */
    record Json(List<JsonTopic> topics, List<Difference> differences) {}

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

    TopicReport(List<TopicPlan> plans, Map<String, FoundTopic> found, Set<String> created) {
        this.plans = plans;
        this.found = found;
        this.created = created;
        this.differences = plans.stream()
                .flatMap(plan -> plan.differences(found.get(plan.name())).stream())
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
            return;
        }
        terminal.print(terminal.styled(Style.BAD, Quantities.count(differences.size(), "difference") + ":"));
        terminal.print(differenceTable());
        terminal.print("");
        if (found.size() < plans.size()) {
            terminal.print("'streamq topics create' creates what is missing.");
        }
        if (differences.size() > plans.size() - found.size()) {
            List<String> corrections = corrections(bootstrapServers);
            terminal.print("StreamQ changes no topic that exists; Kafka's own tools do"
                    + (corrections.isEmpty() ? "." : ", settings by:"));
            corrections.forEach(correction -> terminal.print("  " + correction));
        }
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
        return new Json(topics, differences);
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

    /** The commands that correct settings, one for each topic that has others than it needs. */
    private List<String> corrections(String bootstrapServers) {
        List<String> corrections = new ArrayList<>();
        for (TopicPlan plan : plans) {
            String settings = plan.differences(found.get(plan.name())).stream()
                    .filter(difference -> plan.role().settings().containsKey(difference.setting()))
                    .map(difference -> difference.setting() + "=" + difference.expected())
                    .collect(Collectors.joining(","));
            if (!settings.isEmpty()) {
                corrections.add("kafka-configs.sh --bootstrap-server " + bootstrapServers + " --alter --topic "
                        + plan.name() + " --add-config " + settings);
            }
        }
        return corrections;
    }
}

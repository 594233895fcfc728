package io.streamq.cli.topics;

import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.terminal.Terminal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code streamq topics create}. */
@Command(
        name = "create",
        description = "Creates the topics that are missing, each with the settings it needs; checks those that exist"
                + " without changing them.",
        customSynopsis = "streamq topics create -b HOST:PORT[,...] [OPTIONS]",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {
            "0:all topics exist and are as they should be",
            "1:a topic that existed differs, or Kafka failed",
            ExitCodes.LIST_USAGE
        })
final class CreateTopicsCommand extends TopicReporting {
    CreateTopicsCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    TopicReport report(TopicAdministration topics, List<TopicPlan> plans) {
        Map<String, FoundTopic> created = topics.create(plans);
        List<TopicPlan> existed =
                plans.stream().filter(plan -> !created.containsKey(plan.name())).toList();
        Map<String, FoundTopic> found = new HashMap<>(created);
        found.putAll(topics.find(existed));
        return new TopicReport(plans, found, created.keySet(), topics.brokers());
    }
}

package io.streamq.cli.topics;

import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.terminal.Terminal;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;

/** {@code streamq topics check}. */
@Command(
        name = "check",
        description = "Names topics that are missing or have wrong settings, and those whose partitions or replicas"
                + " differ from --partitions or --replication if given. Also says what could be better, which"
                + " counts as no difference.",
        customSynopsis = "streamq topics check -b HOST:PORT[,...] [OPTIONS]",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {
            "0:all topics exist and are as they should be",
            "1:there are differences, or Kafka failed",
            ExitCodes.LIST_USAGE
        })
final class CheckTopicsCommand extends TopicReporting {
    CheckTopicsCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    TopicReport report(TopicAdministration topics, List<TopicPlan> plans) {
        return new TopicReport(plans, topics.find(plans), Set.of(), topics.brokers());
    }
}

package io.streamq.cli.topics;

import io.streamq.cli.kafka.KafkaConnection;
import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.terminal.Terminal;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code streamq topics}: creates the topics, or checks that they are as StreamQ needs them. */
@Command(
        name = "topics",
        description = "Creates or checks the topics in Kafka.",
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {ExitCodes.LIST_DONE, ExitCodes.LIST_FAILED, ExitCodes.LIST_USAGE})
public final class TopicsCommand {
    private TopicsCommand() {}

    /** The command with its subcommands. */
    public static CommandLine on(Terminal terminal) {
        return new CommandLine(new TopicsCommand())
                .addSubcommand(new CreateTopicsCommand(terminal))
                .addSubcommand(new CheckTopicsCommand(terminal));
    }

    /** Creates the topics under their default names on a broker that has none of them yet. */
    public static void createDefaults(String bootstrapServers, int experiencePartitions) {
        createDefaults(bootstrapServers, Map.of(), experiencePartitions);
    }

    /**
     * The same on a broker that requires a login.
     *
     * @param client properties of Kafka's clients
     */
    public static void createDefaults(String bootstrapServers, Map<String, String> client, int experiencePartitions) {
        create(KafkaConnection.to(bootstrapServers, client), TopicOptions.defaults(experiencePartitions));
    }

    /** Creates the missing topics; for jobs that share a broker. */
    public static void create(String bootstrapServers, int experiencePartitions, String experiences, String policy) {
        create(
                KafkaConnection.to(bootstrapServers, Map.of()),
                TopicOptions.defaults(experiencePartitions)
                        .withExperiences(experiences)
                        .withPolicy(policy));
    }

    private static void create(KafkaConnection connection, TopicOptions topics) {
        try (Admin admin = connection.openAdmin()) {
            var unused = new TopicAdministration(connection, admin).create(topics.plans());
        }
    }
}

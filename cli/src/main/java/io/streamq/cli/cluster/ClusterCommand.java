package io.streamq.cli.cluster;

import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.terminal.Terminal;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code streamq cluster}. */
@Command(
        name = "cluster",
        description = {
            "Runs a real Flink cluster on this machine, and on request a Kafka broker: each JobManager,"
                    + " TaskManager and broker is a separate process, on 127.0.0.1 only, without Docker. It keeps"
                    + " everything in one folder, by default .streamq-cluster in the current one.",
            "",
            "First steps:",
            "  streamq cluster start --kafka",
            "  streamq cluster submit --create-topics --streamq.policy.actions=4",
            "  streamq cluster status",
            "  streamq cluster rescale --parallelism 4",
            "  streamq cluster stop"
        },
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {ExitCodes.LIST_DONE, ExitCodes.LIST_FAILED, ExitCodes.LIST_USAGE, ExitCodes.LIST_INTERRUPTED})
public final class ClusterCommand {
    private ClusterCommand() {}

    /** The command with its subcommands. */
    public static CommandLine on(Terminal terminal) {
        return new CommandLine(new ClusterCommand())
                .addSubcommand(new StartCommand(terminal))
                .addSubcommand(new SubmitCommand(terminal))
                .addSubcommand(new StatusCommand(terminal))
                .addSubcommand(new SavepointCommand(terminal))
                .addSubcommand(new RescaleCommand(terminal))
                .addSubcommand(new StopCommand(terminal));
    }
}

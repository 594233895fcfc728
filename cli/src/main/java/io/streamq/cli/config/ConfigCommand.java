package io.streamq.cli.config;

import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.terminal.Terminal;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code streamq config}. */
@Command(
        name = "config",
        description = "Shows and changes how policies learn, while the job runs.",
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  streamq config set lake actions=4 discount=0.95 -b localhost:9092",
            "  streamq config set lake emission.margin=0.01 -b localhost:9092",
            "  streamq config freeze lake -b localhost:9092",
            "  streamq config list -b localhost:9092"
        },
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {ExitCodes.LIST_DONE, ExitCodes.LIST_FAILED, ExitCodes.LIST_USAGE})
public final class ConfigCommand {
    private ConfigCommand() {}

    /** The command with its subcommands. */
    public static CommandLine on(Terminal terminal) {
        return new CommandLine(new ConfigCommand())
                .addSubcommand(new ListConfigCommand(terminal))
                .addSubcommand(new GetConfigCommand(terminal))
                .addSubcommand(new SetConfigCommand(terminal))
                .addSubcommand(new FreezeConfigCommand(terminal))
                .addSubcommand(new ResetConfigCommand(terminal))
                .addSubcommand(new DeleteConfigCommand(terminal))
                .addSubcommand(new RestoreConfigCommand(terminal))
                .addSubcommand(new FieldsConfigCommand(terminal));
    }
}

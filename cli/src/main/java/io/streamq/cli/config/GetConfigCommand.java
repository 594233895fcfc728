package io.streamq.cli.config;

import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.terminal.Table;
import io.streamq.cli.terminal.Terminal;
import io.streamq.schemas.PolicyConfig;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code streamq config get}. */
@Command(
        name = "get",
        description = "Shows every field of a policy's configuration, and which of them were set.",
        customSynopsis = "streamq config get POLICY -b HOST:PORT[,...] [OPTIONS]",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {ExitCodes.LIST_DONE, ExitCodes.LIST_FAILED, ExitCodes.LIST_USAGE})
final class GetConfigCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ControlTopics topics = new ControlTopics();

    @Parameters(index = "0", paramLabel = "POLICY", description = "The policy's id.")
    private String policyId = "";

    @Option(names = "--json", description = "Prints the fields as a line of JSON.")
    private boolean json;

    GetConfigCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Map<String, Configured> configured = topics.configurations();
        PolicyConfig config = topics.require(policyId, configured);
        configured.get(policyId).warnOfRefused(terminal, policyId);
        if (json) {
            terminal.printJson(ConfigFields.printable(config));
            return ExitCodes.DONE;
        }
        Map<String, @Nullable Object> defaults = ConfigFields.values(ConfigFields.defaults());
        Table table = new Table().text("FIELD").text("VALUE").text("DEFAULT");
        ConfigFields.values(config)
                .forEach((path, value) -> table.row(
                        path, value, Objects.equals(value, defaults.get(path)) ? "" : ConfigFields.defaultOf(path)));
        terminal.print(table);
        return ExitCodes.DONE;
    }
}

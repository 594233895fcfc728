package io.streamq.cli.config;

import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.terminal.Terminal;
import io.streamq.schemas.PolicyConfig;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code streamq config freeze}. */
@Command(
        name = "freeze",
        description = "Stops a policy from learning but keeps it: its experience is counted and not applied.",
        customSynopsis = "streamq config freeze POLICY [--off] -b HOST:PORT[,...] [OPTIONS]",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {ExitCodes.LIST_DONE, ExitCodes.LIST_FAILED, ExitCodes.LIST_USAGE})
final class FreezeConfigCommand extends Change {
    @Option(names = "--off", description = "Lets it learn again.")
    private boolean off;

    FreezeConfigCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() throws InterruptedException {
        Map<String, Configured> configured = topics.configurations();
        PolicyConfig before = topics.require(policyId(), configured);
        return change(
                configured, PolicyConfig.newBuilder(before).setFrozen(!off).build());
    }
}

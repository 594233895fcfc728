package io.streamq.cli.config;

import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.terminal.Terminal;
import io.streamq.schemas.PolicyConfig;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code streamq config reset}. */
@Command(
        name = "reset",
        description = {
            "Forgets everything a policy has learnt and starts it again: its generation rises by one, and its"
                    + " states leave the policy topic.",
            Change.WHAT_STAYS
        },
        customSynopsis = "streamq config reset POLICY -b HOST:PORT[,...] [OPTIONS]",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {ExitCodes.LIST_DONE, ExitCodes.LIST_FAILED, ExitCodes.LIST_USAGE})
final class ResetConfigCommand extends Change {
    ResetConfigCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() throws InterruptedException {
        Map<String, Configured> configured = topics.configurations();
        PolicyConfig before = topics.require(policyId(), configured);
        return change(
                configured,
                PolicyConfig.newBuilder(before)
                        .setGeneration(before.getGeneration() + 1)
                        .build());
    }
}

package io.streamq.cli.config;

import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.terminal.Terminal;
import picocli.CommandLine.Command;

/** {@code streamq config delete}. */
@Command(
        name = "delete",
        description = {
            "Deletes a policy: its configuration, and all that it learnt. Only waits if the deletion is"
                    + " already written.",
            "Experience that still arrives for it is that of a policy nobody configured: the job's option"
                    + " streamq.policies.unknown says what happens to it.",
            Change.WHAT_STAYS
        },
        customSynopsis = "streamq config delete POLICY -b HOST:PORT[,...] [OPTIONS]",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {ExitCodes.LIST_DONE, ExitCodes.LIST_FAILED, ExitCodes.LIST_USAGE})
final class DeleteConfigCommand extends Change {
    DeleteConfigCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() throws InterruptedException {
        Configured found = topics.configurations().get(policyId());
        if (found == null) {
            throw new CommandFailure("policy '" + policyId() + "' is not configured, so there is nothing to delete");
        }
        return delete(found);
    }
}

package io.streamq.cli.config;

import io.streamq.cli.config.ControlTopics.Configured;
import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.terminal.Terminal;
import io.streamq.schemas.PolicyConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code streamq config set}. */
@Command(
        name = "set",
        description = {
            "Configures a policy: a new one with the schema's defaults for what is not given, an existing one leaving what is"
                    + " not given as it is.",
            "A configuration is taken whole or refused whole, with everything that is wrong with it."
        },
        customSynopsis = "streamq config set POLICY FIELD=VALUE... -b HOST:PORT[,...] [OPTIONS]",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {
            "0:the configuration is in force on every shard of the job, and a checkpoint holds it; with --no-wait: it is written",
            "1:it was refused, or was not applied or in a checkpoint in time, or Kafka failed",
            ExitCodes.LIST_USAGE
        })
final class SetConfigCommand extends Change {
    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "FIELD=VALUE",
            description =
                    "Such as discount=0.95 or emission.margin=0.01; null unsets what may be unset. 'streamq config"
                            + " fields' lists all.")
    private Map<String, String> fields = new LinkedHashMap<>();

    SetConfigCommand(Terminal terminal) {
        super(terminal);
    }

    /** Whoever tunes one field of a policy that learns by the job's options might not think of the others. */
    private void warnOfDefaults() {
        terminal.warn(
                "nobody configured policy '" + policyId() + "' before: from now on all its rules come from here, none"
                        + " from the job's options (streamq.policy.* and others); what is not given has the defaults that 'streamq"
                        + " config fields' lists");
    }

    @Override
    public Integer call() throws InterruptedException {
        Map<String, Configured> configured = topics.configurations();
        Configured found = configured.get(policyId());
        PolicyConfig before = found == null ? null : found.config();
        PolicyConfig after = before == null
                ? ConfigFields.defaults()
                : PolicyConfig.newBuilder(before).build();
        fields.forEach((path, text) -> ConfigFields.set(after, path, text));
        if (found == null) {
            warnOfDefaults();
        }
        return change(configured, after);
    }
}

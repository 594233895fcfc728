package io.streamq.cli.config;

import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.terminal.Terminal;
import io.streamq.schemas.PolicyConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code streamq config set}. */
@Command(
        name = "set",
        description = {
            "Configures a policy. Fields that are not given take the schema's defaults in a new policy, and"
                    + " stay as they are in an existing one.",
            "A configuration is accepted or refused as a whole; a refusal names everything that is wrong."
        },
        customSynopsis = "streamq config set POLICY FIELD=VALUE... -b HOST:PORT[,...] [OPTIONS]",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {
            "0:the configuration is in force on every shard of the job, and a checkpoint holds it; with --no-wait: it is written",
            "1:it was refused, or was not applied or in a checkpoint in time, or Kafka failed",
            ExitCodes.LIST_USAGE
        })
final class SetConfigCommand extends Change {
    private static final String ACTIONS = "actions";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "FIELD=VALUE",
            description =
                    "Such as discount=0.95 or emission.margin=0.01; null unsets a field that may be unset. 'streamq"
                            + " config fields' lists all.")
    private Map<String, String> fields = new LinkedHashMap<>();

    SetConfigCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() throws InterruptedException {
        Map<String, Configured> configured = topics.configurations();
        Configured found = configured.get(policyId());
        PolicyConfig before = found == null ? null : found.config();
        PolicyConfig after = before == null
                ? ConfigFields.defaults()
                : PolicyConfig.newBuilder(before).build();
        List<String> unreadable = new ArrayList<>();
        if (before == null) {
            // Until set: a violation about 0 actions would not help a user who gave none.
            ConfigFields.set(after, ACTIONS, "1");
            if (!fields.containsKey(ACTIONS)) {
                unreadable.add("policy '" + policyId() + "' "
                        + (found == null || found.isDeleted()
                                ? "is new"
                                : "has no valid configuration on the control topic")
                        + ": give actions=N too");
            }
        }
        unreadable.addAll(set(after));
        requireReadable(found, after, unreadable);
        return change(configured, after);
    }

    /** Sets the readable fields, and returns what is wrong with the others. */
    private List<String> set(PolicyConfig config) {
        List<String> unreadable = new ArrayList<>();
        fields.forEach((path, text) -> {
            try {
                ConfigFields.set(config, path, text);
            } catch (IllegalArgumentException e) {
                unreadable.add(String.valueOf(e.getMessage()));
            }
        });
        return unreadable;
    }

    /** @throws ParameterException naming what cannot be read, and what is wrong with what can */
    private void requireReadable(@Nullable Configured found, PolicyConfig after, List<String> unreadable) {
        if (!unreadable.isEmpty()) {
            List<String> wrong = new ArrayList<>(unreadable);
            wrong.addAll(violations(found, after));
            throw new ParameterException(command.commandLine(), String.join(System.lineSeparator() + "  ", wrong));
        }
    }
}

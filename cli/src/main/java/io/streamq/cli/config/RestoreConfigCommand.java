package io.streamq.cli.config;

import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.terminal.Terminal;
import io.streamq.schemas.PolicyConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code streamq config restore}. */
@Command(
        name = "restore",
        description = {
            "Restores what 'streamq config list --json' printed: each policy in the file gets the"
                    + " configuration that it has there, in full. Others stay as they are.",
            "If anything is wrong, nothing is written. Does not wait for the job: 'streamq config list' shows"
                    + " when the configurations are in force."
        },
        customSynopsis = "streamq config restore FILE -b HOST:PORT[,...] [OPTIONS]",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {
            "0:the configurations are written, or were already in place",
            "1:something is wrong with the file or a configuration, and nothing was written; or Kafka failed, and once it"
                    + " is back the same command writes the rest",
            ExitCodes.LIST_USAGE
        })
final class RestoreConfigCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ControlTopics topics = new ControlTopics();

    @Parameters(
            index = "0",
            paramLabel = "FILE",
            description = "One policy per line, as 'streamq config list --json' prints it.")
    private Path file = Path.of("");

    RestoreConfigCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        SavedConfigurations saved = SavedConfigurations.read(file);
        Map<String, Configured> configured = topics.configurations();
        List<String> wrong = new ArrayList<>(saved.wrong());
        saved.configs().forEach((policyId, config) -> Change.violations(configured.get(policyId), config)
                .forEach(violation -> wrong.add("policy '" + policyId + "': " + violation)));
        if (!wrong.isEmpty()) {
            throw new CommandFailure("'" + file + "' cannot be restored, and nothing was written:"
                    + System.lineSeparator() + "  " + String.join(System.lineSeparator() + "  ", wrong));
        }
        saved.configs().forEach((policyId, config) -> {
            if (isSame(configured.get(policyId), config)) {
                terminal.print(policyId + ": unchanged");
            } else {
                topics.send(policyId, config);
                terminal.print(policyId + ": written");
            }
        });
        saved.without()
                .forEach(policyId -> terminal.warn(
                        "the file has no valid configuration of policy '" + policyId + "', which stays as it is"));
        int count = saved.configs().size();
        terminal.print(count + (count == 1 ? " policy is" : " policies are") + " as in the file.");
        return ExitCodes.DONE;
    }

    /** A refused record is overwritten: compaction would keep only that one. */
    private static boolean isSame(@Nullable Configured found, PolicyConfig config) {
        return found != null && found.violations().isEmpty() && config.equals(found.config());
    }
}

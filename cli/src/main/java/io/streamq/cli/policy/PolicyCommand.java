package io.streamq.cli.policy;

import io.streamq.agent.PolicyListener;
import io.streamq.agent.PolicyUnavailableException;
import io.streamq.agent.PolicyView;
import io.streamq.agent.PolicyViewSettings;
import io.streamq.agent.StatePolicy;
import io.streamq.cli.kafka.KafkaConnection;
import io.streamq.cli.kafka.TopicOption;
import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.terminal.NaturalOrder;
import io.streamq.cli.terminal.Quantities;
import io.streamq.cli.terminal.Terminal;
import io.streamq.schemas.PolicyKey;
import io.streamq.schemas.Topics;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code streamq policy}: shows what has been learned, as the policy topic has it. */
@Command(
        name = "policy",
        description = {
            "Shows the greedy policy: for each state the best known action and its value, as live agents see it.",
            "A terminal too narrow for all columns shows fewer; a pipe or a file has them all."
        },
        customSynopsis = "streamq policy -b HOST:PORT[,...] [OPTIONS]",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {ExitCodes.LIST_DONE, ExitCodes.LIST_FAILED, ExitCodes.LIST_USAGE, ExitCodes.LIST_INTERRUPTED})
public final class PolicyCommand implements Callable<Integer> {
    private static final Duration CATCH_UP_TIMEOUT = Duration.ofMinutes(10);
    private static final Comparator<StatePolicy> ORDER = Comparator.comparing(
                    StatePolicy::policyId, NaturalOrder.INSTANCE)
            .thenComparing(StatePolicy::state, NaturalOrder.INSTANCE);

    private final Terminal terminal;

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private KafkaConnection connection = new KafkaConnection();

    @Option(names = "--policy", paramLabel = "ID", description = "Only this policy. Default: all")
    private @Nullable String policyId;

    @Option(names = "--topic", paramLabel = "NAME", description = "Topic of the policy. Default: ${DEFAULT-VALUE}")
    private String topic = Topics.POLICY;

    @Option(names = "--follow", description = "Then prints every change as it arrives, until Ctrl-C.")
    private boolean follow;

    @Option(names = "--json", description = "Prints a line of JSON for each state, and for each change.")
    private boolean json;

    public PolicyCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (policyId != null && !PolicyKey.isPolicyId(policyId)) {
            throw new ParameterException(
                    command.commandLine(), "--policy must have " + PolicyKey.RULE + ": got '" + policyId + "'");
        }
        connection.requireTopic(TopicOption.POLICY, topic);
        ChangeFeed changes = new ChangeFeed();
        try (PolicyView view = open(changes);
                changes) {
            view.awaitCaughtUp(CATCH_UP_TIMEOUT);
            List<StatePolicy> states =
                    changes.begin(view).stream().sorted(ORDER).toList();
            warnOfRejected(view);
            PolicyPrinter printer = printer(states);
            if (states.isEmpty() && !json && !follow) {
                terminal.print(nothingYet());
            } else {
                printer.print(states);
            }
            // A closed pipe, as by head, ends it as Ctrl-C does.
            while (follow && !terminal.out().checkError()) {
                // Throws once the view has failed, instead of waiting for ever.
                view.lookup("");
                changes.awaitNext(printer::printUpdated, printer::printForgotten);
            }
            return ExitCodes.DONE;
        } catch (PolicyUnavailableException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
    }

    private PolicyView open(PolicyListener listener) {
        PolicyViewSettings settings =
                new PolicyViewSettings(connection.bootstrapServers(), policyId, topic, connection.clientProperties());
        try {
            return new PolicyView(settings, listener);
        } catch (KafkaException e) {
            throw connection.failure(e);
        }
    }

    private PolicyPrinter printer(List<StatePolicy> states) {
        if (json) {
            return new JsonPrinter(terminal);
        }
        long policies = states.stream().map(StatePolicy::policyId).distinct().count();
        boolean mayComeOfSeveral = policyId == null && (follow || policies > 1);
        return new TablePrinter(terminal, mayComeOfSeveral);
    }

    private String nothingYet() {
        return "Nothing is known yet: topic " + topic + " holds no state"
                + (policyId == null ? "." : " of policy '" + policyId + "'.");
    }

    private void warnOfRejected(PolicyView view) {
        if (view.recordsRejected() > 0) {
            terminal.warn("skipped " + Quantities.count(view.recordsRejected(), "record") + " of topic " + topic
                    + ": not policy updates; --log-file says what they are");
        }
    }
}

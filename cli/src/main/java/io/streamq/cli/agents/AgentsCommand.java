package io.streamq.cli.agents;

import io.streamq.agent.DeliveryFailedException;
import io.streamq.agent.PolicyUnavailableException;
import io.streamq.agent.PolicyView;
import io.streamq.agent.PolicyViewSettings;
import io.streamq.agent.PublisherSettings;
import io.streamq.cli.kafka.KafkaConnection;
import io.streamq.cli.kafka.TopicOption;
import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.program.Interruption;
import io.streamq.cli.program.LogFile;
import io.streamq.cli.stage.AgentFeed;
import io.streamq.cli.stage.AgentOptions;
import io.streamq.cli.stage.RecentReturns;
import io.streamq.cli.terminal.Live;
import io.streamq.cli.terminal.Quantities;
import io.streamq.cli.terminal.Style;
import io.streamq.cli.terminal.Terminal;
import io.streamq.job.options.StreamQOptions;
import io.streamq.schemas.PolicyKey;
import io.streamq.schemas.Topics;
import io.streamq.simulation.ValueIteration;
import io.streamq.simulation.World;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code streamq agents}: simulated agents alone, for a job that runs elsewhere. */
@Command(
        name = "agents",
        description = {
            "Runs simulated agents against any Kafka and whatever job learns there: they act ε-greedily on"
                    + " the policy they receive and publish what they experience, for every algorithm of the job, until"
                    + " Ctrl-C.",
            "",
            "Waits for topics that do not exist yet, and rides out a Kafka outage of up to ten minutes. Warns"
                    + " if the policy's number of actions is not the world's, and if nothing is heard of it. Each run's"
                    + " agents have new names and random numbers, so any number of runs may feed one policy."
        },
        customSynopsis = "streamq agents -b HOST:PORT[,...] [OPTIONS]",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {
            "0:all --experiences were published and confirmed by Kafka",
            "1:Kafka cannot be reached or stayed away",
            ExitCodes.LIST_USAGE,
            ExitCodes.LIST_INTERRUPTED
        })
public final class AgentsCommand implements Callable<Integer> {
    private static final int POLL_MILLIS = 100;
    private static final int TOPIC_POLL_MILLIS = 1_000;
    private static final Duration CATCH_UP_TIMEOUT = Duration.ofMinutes(10);

    private final Terminal terminal;

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private KafkaConnection connection = new KafkaConnection();

    @Option(
            names = "--policy",
            paramLabel = "ID",
            description = "The policy to follow and feed. Default: ${DEFAULT-VALUE}")
    private String policyId = "default";

    @Mixin
    private AgentOptions agents = new AgentOptions(8, 1_000);

    @Option(
            names = "--experiences",
            paramLabel = "N",
            description = "Ends after this many, over all agents. Default: runs until Ctrl-C")
    private long experiences = Long.MAX_VALUE;

    @Option(
            names = "--experiences-topic",
            paramLabel = "NAME",
            description = "Topic to publish to. Default: ${DEFAULT-VALUE}")
    private String experiencesTopic = Topics.EXPERIENCES;

    @Option(
            names = "--policy-topic",
            paramLabel = "NAME",
            description = "Topic of the policy. Default: ${DEFAULT-VALUE}")
    private String policyTopic = Topics.POLICY;

    @Option(
            names = "--json",
            description = "Prints the outcome as JSON, once the agents run even on Ctrl-C; progress on standard error.")
    private boolean json;

    /**
     * The outcome for programs; without a finished episode there is no mean return.
     *
     * @param experiences that Kafka confirmed
     * @param lost experiences published but not confirmed by Kafka; some may be on the topic nevertheless
     * @param optimalMeanReturn the limit of the mean return once the greedy policy is optimal, with the agents still exploring
     */
    record Outcome(
            String world,
            String policyId,
            String agents,
            String epsilon,
            long experiences,
            long lost,
            double seconds,
            @Nullable Double meanReturn,
            double optimalMeanReturn,
            long policyUpdates,
            int states) {}

    public AgentsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        validate();
        String warnings = LogFile.ofLongRun("agents");
        World world = agents.world();
        // Two runs must not share agent names or random numbers.
        int run = ThreadLocalRandom.current().nextInt(1 << 24);
        String name = String.format("%s-%06x", world.name(), run);
        AgentFeed.Life life = agents.life(1, experiences, agents.seed() + run);
        RecentReturns returns =
                new RecentReturns(life.bestMeanReturn(world, ValueIteration.solve(world.mdp(), world.discount())));
        try (Interruption interruption = Interruption.ofThisThread();
                Live live = json ? terminal.liveBesideJson() : terminal.live()) {
            introduce(world, name, warnings);
            awaitTopic(TopicOption.POLICY, policyTopic, live);
            awaitTopic(TopicOption.EXPERIENCES, experiencesTopic, live);
            long start = System.nanoTime();
            PolicyWatch watch = new PolicyWatch(policyId, world.mdp().actions(), System::nanoTime);
            try (PolicyView policy = new PolicyView(policySettings(), watch);
                    AgentFeed feed = new AgentFeed(world, policyId, policy, life, returns, publisherSettings(name))) {
                policy.awaitCaughtUp(CATCH_UP_TIMEOUT);
                boolean interrupted = !liveOut(feed, watch, new AgentsPanel(terminal, feed, returns, policy), live);
                if (interrupted) {
                    closeSoon(feed);
                } else {
                    feed.close();
                }
                report(world, name, feed, System.nanoTime() - start, returns, policy);
                return interrupted ? ExitCodes.INTERRUPTED : ExitCodes.DONE;
            }
        } catch (PolicyUnavailableException | DeliveryFailedException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        } catch (KafkaException e) {
            throw connection.failure(e);
        }
    }

    private void validate() {
        agents.validate();
        if (!PolicyKey.isPolicyId(policyId)) {
            throw usageError("--policy must have " + PolicyKey.RULE + ": got '" + policyId + "'");
        }
        if (experiences < 1) {
            throw usageError("--experiences must be at least 1: got " + experiences);
        }
    }

    private ParameterException usageError(String sentence) {
        return new ParameterException(command.commandLine(), sentence);
    }

    private void introduce(World world, String name, String warnings) {
        if (json) {
            return;
        }
        terminal.print(terminal.styled(Style.TITLE, "StreamQ agents") + "  "
                + Quantities.count(agents.count(), "agent") + " in " + world.name() + ", epsilon " + agents.epsilon()
                + terminal.styled(Style.QUIET, "  " + name + "-0 and so on"));
        terminal.print("");
        terminal.print("  They follow policy '" + policyId + "' at " + connection.bootstrapServers() + "; " + warnings);
        terminal.print("  What a job must know about their world: "
                + terminal.styled(
                        Style.ACCENT,
                        "--" + StreamQOptions.ACTIONS.key() + "=" + world.mdp().actions() + " --"
                                + StreamQOptions.DISCOUNT.key() + "=" + world.discount()));
        terminal.print("");
    }

    /** The topics may be created after the agents start, as containers start in any order. */
    private void awaitTopic(TopicOption option, String topic, Live live) throws InterruptedException {
        boolean told = false;
        while (!connection.hasTopic(topic)) {
            if (!told) {
                live.printAbove("Waiting for topic '" + topic + "': it does not exist at "
                        + connection.bootstrapServers() + " yet; create the topics with: "
                        + connection.creation(option, topic));
                told = true;
            }
            Thread.sleep(TOPIC_POLL_MILLIS);
        }
    }

    private PolicyViewSettings policySettings() {
        return new PolicyViewSettings(
                connection.bootstrapServers(), policyId, policyTopic, connection.clientProperties());
    }

    private PublisherSettings publisherSettings(String name) {
        return new PublisherSettings(
                connection.bootstrapServers(), name, experiencesTopic, connection.clientProperties());
    }

    /** Returns whether the agents finished, rather than being stopped by Ctrl-C. */
    private boolean liveOut(AgentFeed feed, PolicyWatch watch, AgentsPanel panel, Live live) {
        try {
            feed.start();
            while (!feed.isExhausted()) {
                feed.requireHealthy();
                warn(watch, live);
                panel.measure();
                live.show(panel::lines, panel::line);
                Thread.sleep(POLL_MILLIS);
            }
            feed.requireHealthy();
            warn(watch, live);
            return true;
        } catch (InterruptedException e) {
            return false;
        } finally {
            live.showLast(panel::lines);
        }
    }

    /** After Ctrl-C during an outage of Kafka, the outcome of the run is reported nevertheless. */
    private static void closeSoon(AgentFeed feed) {
        try {
            feed.close(Interruption.TIME_TO_CLOSE);
        } catch (DeliveryFailedException unconfirmed) {
            // The outcome says how many.
        }
    }

    private void warn(PolicyWatch watch, Live live) {
        watch.warnings()
                .forEach(warning -> live.printAbove(terminal.styled(Style.WARNING, "streamq: warning: ") + warning));
    }

    private void report(
            World world, String name, AgentFeed feed, long nanos, RecentReturns returns, PolicyView policy) {
        long published = feed.published();
        long lost = feed.unconfirmed();
        if (json) {
            terminal.printJson(new Outcome(
                    world.name(),
                    policyId,
                    name,
                    agents.epsilon().toString(),
                    published,
                    lost,
                    nanos / 1e9,
                    returns.counted() == 0 ? null : returns.mean(),
                    returns.best(),
                    policy.updatesReceived(),
                    policy.size()));
            return;
        }
        terminal.print("");
        terminal.print(terminal.styled(Style.GOOD, "Published ") + Quantities.count(published, "experience") + " in "
                + Quantities.duration(Duration.ofNanos(nanos)) + "; Kafka has confirmed "
                + (published == 1 ? "it" : "all of them")
                + (lost == 0 ? "." : ", but not " + Quantities.count(lost) + " more."));
    }
}

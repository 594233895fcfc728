package io.streamq.cli.demo;

import io.streamq.agent.PolicyListener;
import io.streamq.agent.PolicyView;
import io.streamq.agent.PublisherSettings;
import io.streamq.agent.StatePolicy;
import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.program.Interruption;
import io.streamq.cli.stage.AgentFeed;
import io.streamq.cli.stage.AgentOptions;
import io.streamq.cli.stage.Feed;
import io.streamq.cli.stage.RecentReturns;
import io.streamq.cli.stage.Stage;
import io.streamq.cli.terminal.Live;
import io.streamq.cli.terminal.Quantities;
import io.streamq.cli.terminal.Style;
import io.streamq.cli.terminal.Terminal;
import io.streamq.simulation.Solution;
import io.streamq.simulation.ValueIteration;
import io.streamq.simulation.World;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code streamq demo}: the whole product in one JVM. */
@Command(
        name = "demo",
        description = {
            "Runs the whole product in one JVM, nothing mocked: a Kafka broker on a loopback port, the Flink"
                    + " job with parallelism 2, and simulated agents that act on the policy they receive and send what"
                    + " they experience. Ends by itself when the greedy policy is optimal in every state that an"
                    + " optimal agent can reach.",
            "",
            "With --replay, a recorded log replaces the agents; no environment is needed."
        },
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {
            "0:the policy is optimal; or the log of an unknown world was learnt to its end",
            "1:the experiences ran out before the policy was optimal, or something failed",
            ExitCodes.LIST_USAGE,
            ExitCodes.LIST_INTERRUPTED
        })
public final class DemoCommand implements Callable<Integer> {
    private static final String POLICY_ID = "demo";
    private static final long EXPERIENCES = 10_000_000;
    /** A value on the map may lag by this fraction of the greatest value. */
    private static final double VALUE_TOLERANCE = 0.01;
    /** In a random world gaps can be arbitrarily small: this fraction of the greatest value counts as none. */
    private static final double RANDOM_WORLD_TIE = 0.005;

    private static final PolicyListener NOBODY = new PolicyListener() {
        @Override
        public void updated(StatePolicy update) {}
    };

    private final Terminal terminal;

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private AgentOptions agents = new AgentOptions(8, 60_000);

    @Option(
            names = "--replay",
            paramLabel = "FILE",
            description =
                    "Learns from a recorded log (see 'streamq replay --help') instead. The result is compared with"
                            + " the optimum of the --world given, in which all of the log must be possible; otherwise of the"
                            + " known world in which it is possible, if there is only one. Lines that hold no experience are"
                            + " left out.")
    private @Nullable Path log;

    @Option(
            names = "--experiences",
            paramLabel = "N",
            description = "Gives up after this many. Default: " + EXPERIENCES + ", or the whole log")
    private @Nullable Long experiences;

    @Option(names = "--json", description = "Prints the outcome and the policy as JSON, progress on standard error.")
    private boolean json;

    public DemoCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        validate();
        World given = log == null || agents.isWorldGiven() ? agents.world() : null;
        LogSurvey survey = log == null ? null : LogSurvey.of(log, given, terminal::warn);
        World world = survey == null ? given : survey.world();
        DemoReport.Optimum optimum = world == null ? null : optimum(world);
        try (Interruption interruption = Interruption.ofThisThread();
                Live live = json ? terminal.liveBesideJson() : terminal.live()) {
            tell(headline(world), "");
            try (Stage stage = Stage.start(task(survey, optimum), step -> announce(live, step));
                    PolicyView policy = stage.follow(POLICY_ID, NOBODY)) {
                live.erase();
                tell(address(stage.bootstrapServers()), "");
                RecentReturns returns = log != null || optimum == null
                        ? null
                        : new RecentReturns(life().bestMeanReturn(optimum.world(), optimum.solution()));
                try (Feed feed = feed(survey, world, policy, returns, stage.bootstrapServers())) {
                    DemoRun run = new DemoRun(
                            stage.job(),
                            feed,
                            policy,
                            optimum == null ? null : new Scoreboard(optimum.solution(), optimum.tie(), policy),
                            new DemoPanel(terminal, returns),
                            live);
                    DemoRun.Outcome outcome = run.untilDone();
                    DemoReport report = new DemoReport(
                            survey, optimum, outcome, stage.job().metrics().deadLetters(), policy);
                    if (json) {
                        report.printJson(terminal);
                    } else {
                        report.print(terminal);
                    }
                    return report.exitCode();
                }
            }
        }
    }

    /** Prints for people before the run; nothing if standard output is for JSON. */
    private void tell(String... lines) {
        if (!json) {
            List.of(lines).forEach(terminal::print);
        }
    }

    private String address(String bootstrapServers) {
        return "  Kafka is at " + terminal.styled(Style.ACCENT, bootstrapServers)
                + terminal.styled(
                        Style.QUIET,
                        "; meanwhile: ./streamq policy -b " + bootstrapServers + " --policy " + POLICY_ID
                                + " --follow");
    }

    private void validate() {
        agents.validate();
        require(experiences == null || experiences >= 1, "--experiences must be at least 1: got " + experiences);
        for (String ofAgents : List.of("--agents", "--epsilon", "--rate")) {
            require(
                    log == null || !command.commandLine().getParseResult().hasMatchedOption(ofAgents),
                    ofAgents + " is for agents, and --replay has none: leave one of the two out");
        }
    }

    private void require(boolean holds, String sentence) {
        if (!holds) {
            throw new ParameterException(command.commandLine(), sentence);
        }
    }

    private String headline(@Nullable World world) {
        String what = log == null
                ? Quantities.count(agents.count(), "agent") + " in " + (world == null ? "" : world.name())
                : log.getFileName() + (world == null ? "" : ", recorded in " + world.name());
        return terminal.styled(Style.TITLE, "StreamQ demo") + "  " + what
                + terminal.styled(Style.QUIET, "  Kafka and Flink in one JVM, parallelism " + Stage.PARALLELISM);
    }

    private void announce(Live live, String step) {
        live.showLast(() -> List.of("  " + terminal.styled(Style.QUIET, step + " ...")));
    }

    private static DemoReport.Optimum optimum(World world) {
        Solution solution = ValueIteration.solve(world.mdp(), world.discount());
        double tie = world.grid() == null ? RANDOM_WORLD_TIE * greatestValue(solution) : Solution.TIE;
        return new DemoReport.Optimum(world, solution, tie);
    }

    private static Stage.Task task(@Nullable LogSurvey survey, DemoReport.@Nullable Optimum optimum) {
        if (optimum == null) {
            return new Stage.Task(survey == null ? 1 : survey.actions(), 0.99, false, Double.POSITIVE_INFINITY);
        }
        return Stage.Task.in(optimum.world()).withValueTolerance(VALUE_TOLERANCE * greatestValue(optimum.solution()));
    }

    private static double greatestValue(Solution solution) {
        double greatest = 0;
        for (int state = 0; state < solution.mdp().states(); state++) {
            greatest = Math.max(greatest, Math.abs(solution.v(state)));
        }
        return greatest;
    }

    private AgentFeed.Life life() {
        return agents.life(1, experiences == null ? EXPERIENCES : experiences, agents.seed());
    }

    private Feed feed(
            @Nullable LogSurvey survey,
            @Nullable World world,
            PolicyView policy,
            @Nullable RecentReturns returns,
            String bootstrapServers) {
        if (log != null && survey != null) {
            long limit = experiences == null ? survey.experiences() : Math.min(experiences, survey.experiences());
            return new ReplayFeed(log, limit, POLICY_ID, bootstrapServers);
        }
        if (world == null || returns == null) {
            throw new IllegalStateException("agents need a world");
        }
        PublisherSettings settings = PublisherSettings.of(bootstrapServers, POLICY_ID + "-agent");
        return new AgentFeed(world, POLICY_ID, policy, life(), returns, settings);
    }
}

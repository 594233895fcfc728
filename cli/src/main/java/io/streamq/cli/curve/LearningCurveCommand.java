package io.streamq.cli.curve;

import io.streamq.agent.PolicyView;
import io.streamq.agent.PublisherSettings;
import io.streamq.cli.chart.Labels;
import io.streamq.cli.chart.LineChart;
import io.streamq.cli.curve.LearningCurve.Point;
import io.streamq.cli.curve.SeedRun.Sample;
import io.streamq.cli.job.LocalJob;
import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.program.Interruption;
import io.streamq.cli.stage.AgentFeed;
import io.streamq.cli.stage.AgentOptions;
import io.streamq.cli.stage.Stage;
import io.streamq.cli.terminal.Live;
import io.streamq.cli.terminal.ProgressBar;
import io.streamq.cli.terminal.Quantities;
import io.streamq.cli.terminal.Style;
import io.streamq.cli.terminal.Table;
import io.streamq.cli.terminal.Terminal;
import io.streamq.simulation.ExpectedReturn;
import io.streamq.simulation.ValueIteration;
import io.streamq.simulation.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code streamq learning-curve}: how fast the whole product learns. */
@Command(
        name = "learning-curve",
        description = {
            "Measures how fast the whole product learns in a world, and draws it as SVG.",
            "",
            "A Kafka broker and the Flink job run in this JVM as in 'streamq demo'. Each seed is a policy"
                    + " with its own agents; one job learns them all at once. While they run, the greedy policy that a"
                    + " seed's agents have received is evaluated exactly, by the world's model: the expected discounted"
                    + " return of an episode."
        },
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {
            "0:the curve was measured and drawn",
            ExitCodes.LIST_FAILED,
            ExitCodes.LIST_USAGE,
            ExitCodes.LIST_INTERRUPTED
        })
public final class LearningCurveCommand implements Callable<Integer> {
    private static final int POLL_MILLIS = 20;
    private static final int INTERVALS = 200;
    private static final int INTERVALS_OF_TABLE = 10;

    private final Terminal terminal;

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private AgentOptions agents = new AgentOptions(4, 40_000);

    @Option(
            names = "--seeds",
            paramLabel = "N",
            description = "Number of seeds, from --seed on, learnt at once. Default: ${DEFAULT-VALUE}")
    private int seeds = 5;

    @Option(
            names = "--experiences",
            paramLabel = "N",
            description = "Experiences of each seed. Default: ${DEFAULT-VALUE}")
    private long experiences = 100_000;

    @Option(names = "--out", paramLabel = "FILE", description = "File of the drawing. Default: ${DEFAULT-VALUE}")
    private Path out = Path.of("learning-curve.svg");

    @Option(
            names = "--json",
            description = "Prints the whole curve as JSON instead of a table, progress on standard error.")
    private boolean json;

    /** The outcome for programs; without a drawing if it could not be written. */
    record Outcome(
            String world,
            int seeds,
            double discount,
            String learningRate,
            String epsilon,
            double optimum,
            List<Point> points,
            @Nullable String drawing) {}

    public LearningCurveCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        validate();
        World world = agents.world();
        Stage.Task task = Stage.Task.in(world);
        double optimum = ExpectedReturn.of(
                world, ValueIteration.solve(world.mdp(), world.discount()).policy(), 0, world.discount());
        LearningCurve curve;
        try (Interruption interruption = Interruption.ofThisThread();
                Live live = json ? terminal.liveBesideJson() : terminal.live();
                Stage stage = Stage.start(task, step -> live.showLast(() -> List.of("  " + quiet(step + " ..."))))) {
            curve = measured(world, stage, optimum, live);
            live.erase();
        }
        boolean drawn = false;
        try {
            write(drawn(world, task, curve, optimum));
            drawn = true;
        } finally {
            // Minutes of measurements are reported whatever becomes of the drawing.
            report(world, task, curve, optimum, drawn);
        }
        return ExitCodes.DONE;
    }

    private void validate() {
        require(seeds >= 1, "--seeds must be at least 1: got " + seeds);
        require(experiences >= 1, "--experiences must be at least 1: got " + experiences);
        agents.validate();
        Path folder = out.toAbsolutePath().getParent();
        require(
                !Files.isDirectory(out) && folder != null && Files.isWritable(folder),
                "--out must be a file in a folder that can be written to: got '" + out + "'");
        require(
                !Files.exists(out) || Files.isWritable(out),
                "--out must be a file that can be written to: got '" + out + "', which exists but cannot");
    }

    private void require(boolean holds, String sentence) {
        if (!holds) {
            throw new ParameterException(command.commandLine(), sentence);
        }
    }

    private LearningCurve measured(World world, Stage stage, double optimum, Live live) throws InterruptedException {
        Deque<SeedRun> runs = new ArrayDeque<>();
        try {
            for (int i = 0; i < seeds; i++) {
                runs.add(seedRun(world, stage, agents.seed() + i));
            }
            runs.forEach(SeedRun::start);
            while (!isDrained(runs, stage.job())) {
                stage.job().requireUnbroken();
                runs.forEach(SeedRun::sample);
                live.show(() -> panel(runs, optimum), () -> plainLine(runs, optimum));
                Thread.sleep(POLL_MILLIS);
            }
            runs.forEach(SeedRun::sample);
            return LearningCurve.of(runs.stream().map(SeedRun::samples).toList(), experiences, INTERVALS);
        } finally {
            runs.forEach(SeedRun::close);
        }
    }

    private SeedRun seedRun(World world, Stage stage, long seed) throws InterruptedException {
        String policyId = "seed-" + seed;
        PolicyView policy = stage.follow(policyId, update -> {});
        AgentFeed.Life life = agents.life(seeds, experiences, seed);
        return new SeedRun(
                world,
                policyId,
                policy,
                new AgentFeed(
                        world,
                        policyId,
                        policy,
                        life,
                        episode -> {},
                        PublisherSettings.of(stage.bootstrapServers(), policyId + "-agent")),
                new ValueTrack(world, experiences, INTERVALS));
    }

    /** Whether all experience was processed, and every resulting announcement received. */
    private static boolean isDrained(Deque<SeedRun> runs, LocalJob job) {
        return runs.stream().allMatch(SeedRun::isExhausted)
                && job.metrics().experiencesProcessed() >= published(runs)
                && runs.stream().mapToLong(SeedRun::updatesReceived).sum()
                        >= job.metrics().policyUpdatesSent();
    }

    private static long published(Deque<SeedRun> runs) {
        return runs.stream().mapToLong(SeedRun::published).sum();
    }

    private List<String> panel(Deque<SeedRun> runs, double optimum) {
        List<String> lines = new ArrayList<>();
        int width = Math.max(10, Math.min(40, terminal.columns() - 50));
        double progress = (double) published(runs) / (experiences * seeds);
        lines.add("  " + terminal.styled(Style.ACCENT, ProgressBar.of(progress, width)) + "  "
                + Quantities.count(published(runs)) + " of " + Quantities.count(experiences * seeds, "experience"));
        lines.add("");
        Table table = new Table().text("policy").number("experiences").number("expected return");
        for (SeedRun run : runs) {
            Sample shown = run.shown();
            table.row(run.policyId(), Quantities.count(shown.experiences()), Quantities.value(shown.value()));
        }
        table.row("optimum", null, Quantities.value(optimum));
        table.lines(terminal).forEach(line -> lines.add("  " + line));
        return lines;
    }

    private static String plainLine(Deque<SeedRun> runs, double optimum) {
        double mean =
                runs.stream().mapToDouble(run -> run.shown().value()).average().orElse(Double.NaN);
        return Quantities.count(published(runs), "experience") + "  mean expected return " + Quantities.value(mean)
                + " (" + Quantities.value(optimum) + " optimal)";
    }

    private String drawn(World world, Stage.Task task, LearningCurve curve, double optimum) {
        Labels labels = new Labels(
                "Learning " + world.name() + " through Kafka and Flink",
                Quantities.count(seeds, "seed") + " of " + Quantities.count(agents.count(), "agent")
                        + " each  ·  ε-greedy, ε = " + agents.epsilon() + "  ·  discount " + world.discount()
                        + "  ·  learning rate " + task.learningRate(),
                "experiences of each seed",
                "expected discounted return of an episode");
        String name = seeds == 1 ? "one seed" : "mean of " + seeds + " seeds";
        return LineChart.svg(
                labels,
                LineChart.Scale.LINEAR,
                LineChart.Scale.LINEAR,
                List.of(new LineChart.Line(name, curve.line())),
                List.of(new LineChart.Reference("optimal policy " + Quantities.value(optimum), optimum)));
    }

    private void write(String svg) {
        try {
            Files.writeString(out, svg);
        } catch (IOException e) {
            throw new CommandFailure("the drawing could not be written to " + out + " (" + e + ")", e);
        }
    }

    private void report(World world, Stage.Task task, LearningCurve curve, double optimum, boolean drawn) {
        if (json) {
            terminal.printJson(new Outcome(
                    world.name(),
                    seeds,
                    world.discount(),
                    task.learningRate(),
                    agents.epsilon().toString(),
                    optimum,
                    curve.points(),
                    drawn ? out.toString() : null));
            return;
        }
        Table table =
                new Table().number("experiences").number("expected return").number("± sd");
        for (Point point : curve.thinnedTo(INTERVALS_OF_TABLE)) {
            table.row(
                    Quantities.count(point.experiences()),
                    Quantities.value(point.mean()),
                    Quantities.value(point.sd()));
        }
        table.row("optimum", Quantities.value(optimum), null);
        terminal.print(table);
        terminal.print("");
        terminal.print((drawn ? "Drawn to " + out : "Measured") + ": the mean of " + Quantities.count(seeds, "seed")
                + " in " + world.name() + ", discount " + world.discount() + ", learning rate " + task.learningRate()
                + ".");
    }

    private String quiet(String text) {
        return terminal.styled(Style.QUIET, text);
    }
}

package io.streamq.benchmarks.latency;

import io.streamq.benchmarks.contest.Figures;
import io.streamq.benchmarks.latency.LatencyTrial.Candidate;
import io.streamq.benchmarks.report.LineDrawing;
import io.streamq.benchmarks.report.LineDrawing.Point;
import io.streamq.benchmarks.report.LineDrawing.Series;
import io.streamq.benchmarks.report.Machine;
import io.streamq.benchmarks.report.ReportOptions;
import io.streamq.cli.broker.LocalBroker;
import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.program.Interruption;
import io.streamq.cli.program.TemporaryFolder;
import io.streamq.cli.terminal.Live;
import io.streamq.cli.terminal.Quantities;
import io.streamq.cli.terminal.Style;
import io.streamq.cli.terminal.Table;
import io.streamq.cli.terminal.Terminal;
import io.streamq.cli.topics.TopicsCommand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.DoubleFunction;
import java.util.stream.DoubleStream;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code streamq benchmark latency}. */
@Command(
        name = "latency",
        description = {
            "Measures the time from when an experience was to be appended until the policy record that"
                    + " answers it can be read, beside an echo job that passes bytes from Kafka through Flink to Kafka,"
                    + " with the same producer and consumer, in turn: the one that is first in a round is second in the"
                    + " next.",
            "",
            "Counted from the intended time of each experience, so a stall counts for all that it delayed"
                    + " (so no coordinated omission). Every experience is measured and answered: StreamQ runs with"
                    + " streamq.emission.value-tolerance=0, and each experience moves the value of a greedy action. At"
                    + " the end the last record of each state must have counted all its experiences."
        },
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {ExitCodes.LIST_DONE, ExitCodes.LIST_FAILED, ExitCodes.LIST_USAGE, ExitCodes.LIST_INTERRUPTED})
public final class LatencyCommand implements Callable<Integer> {
    private static final double[] PERCENTILES = {50, 90, 99, 99.9, 99.99, 100};
    private static final double COMPARED = 99;
    private static final double MILLIS = 1e6;

    private final Terminal terminal;

    @Option(names = "--quick", description = "One low rate, briefly: shows that it runs, not how fast.")
    private boolean quick;

    @Option(
            names = "--rates",
            split = ",",
            paramLabel = "N",
            description = "Experiences per second, comma-separated. Default: 1000,10000,100000")
    private double[] rates = {1_000, 10_000, 100_000};

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "Seconds measured in each round. Default: ${DEFAULT-VALUE}")
    private double seconds = 20;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            description = "Warm-up before that; an unmeasured trial of each job at the start takes as long. Default:"
                    + " ${DEFAULT-VALUE}")
    private double warmUpSeconds = 10;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "Rounds of each job at each rate, in turn. Default: ${DEFAULT-VALUE}")
    private int rounds = 3;

    @Option(names = "--states", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}")
    private int states = 10_000;

    @Option(names = "--actions", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}")
    private int actions = 6;

    @Option(
            names = "--parallelism",
            paramLabel = "N",
            description = "Parallelism of both jobs, and partitions of their topics. Default: ${DEFAULT-VALUE}")
    private int parallelism = 2;

    @Option(
            names = "-D",
            paramLabel = "x.y=VALUE",
            description =
                    "A setting of Flink for both jobs, such as execution.buffer-timeout.interval=5ms; or an option of"
                            + " StreamQ, of which those of Kafka's clients apply to both.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Mixin
    private final ReportOptions report = new ReportOptions();

    public LatencyCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /**
     * The outcome for programs.
     *
     * @param settings of Flink and StreamQ beyond the defaults
     */
    record Outcome(
            String benchmark,
            Machine machine,
            int states,
            int actions,
            int parallelism,
            double seconds,
            int rounds,
            Map<String, String> settings,
            List<AtRate> rates) {}

    /**
     * Both jobs at a rate.
     *
     * @param p99Ratio StreamQ's p99 relative to the echo's, all rounds together
     */
    record AtRate(double perSecond, Latencies echo, Latencies product, double p99Ratio) {}

    /**
     * Of one job at one rate, in milliseconds.
     *
     * @param byPercentile all rounds together; 100 is the greatest
     * @param p99OfRounds each round by itself
     */
    record Latencies(long experiences, Map<Double, Double> byPercentile, List<Double> p99OfRounds) {}

    @Override
    public Integer call() throws Exception {
        if (quick) {
            rates = new double[] {1_000};
            seconds = 1;
            warmUpSeconds = 0.5;
            rounds = 1;
            states = 100;
        }
        validate();
        Machine machine = Machine.here();
        List<AtRate> atRates = new ArrayList<>();
        try (Interruption interruption = Interruption.ofThisThread();
                Live live = report.live(terminal);
                TemporaryFolder work = TemporaryFolder.create("streamq-latency");
                LocalBroker broker = LocalBroker.start()) {
            // The job requires its control topics; each trial creates its other topics.
            TopicsCommand.createDefaults(broker.bootstrapServers(), parallelism);
            Candidates candidates = new Candidates(broker.bootstrapServers(), actions, settings);
            LatencyTrial trial =
                    new LatencyTrial(broker.bootstrapServers(), parallelism, new Course(states, actions), work.path());
            Consumer<String> progress = ReportOptions.steps(terminal, live);
            warmUp(trial, candidates, progress);
            for (double rate : rates) {
                atRates.add(measured(trial, candidates, rate, atRates.size() * rounds, progress));
            }
            live.erase();
        }
        report(new Outcome(
                "latency", machine, states, actions, parallelism, seconds, rounds, settings, List.copyOf(atRates)));
        return ExitCodes.DONE;
    }

    private void validate() {
        for (double rate : rates) {
            report.require(rate >= 1 && rate <= 10_000_000, "--rates must be in [1, 10000000]: got " + (long) rate);
        }
        report.require(seconds > 0, "--seconds must be greater than 0: got " + seconds);
        report.require(warmUpSeconds >= 0, "--warm-up must be at least 0: got " + warmUpSeconds);
        report.require(rounds >= 1, "--rounds must be at least 1: got " + rounds);
        report.require(states >= 1, "--states must be at least 1: got " + states);
        report.require(actions >= 1, "--actions must be at least 1: got " + actions);
        report.require(parallelism >= 1 && parallelism <= 128, "--parallelism must be in [1, 128]: got " + parallelism);
        Candidates.validate(report, actions, settings);
        report.validate();
    }

    /** Otherwise the first one tried would be measured while it loads and compiles what both need. */
    private void warmUp(LatencyTrial trial, Candidates candidates, Consumer<String> progress) throws Exception {
        double rate = DoubleStream.of(rates).max().orElseThrow();
        for (Candidate candidate : candidates.inTurn(1)) {
            progress.accept("warm-up: " + candidate.name());
            String name = candidate.name().toLowerCase(Locale.ROOT) + "-warm-up";
            Histogram unused = trial.run(candidate, name, rate, duration(warmUpSeconds), Duration.ZERO);
        }
    }

    /** @param roundsBefore at other rates, as the order keeps alternating across rates */
    private AtRate measured(
            LatencyTrial trial, Candidates candidates, double rate, int roundsBefore, Consumer<String> progress)
            throws Exception {
        List<Histogram> echo = new ArrayList<>();
        List<Histogram> product = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            for (Candidate candidate : candidates.inTurn(roundsBefore + round)) {
                progress.accept(Quantities.rate(rate) + ", round " + round + " of " + rounds + ": " + candidate.name());
                String name = candidate.name().toLowerCase(Locale.ROOT) + "-" + (long) rate + "-" + round;
                Histogram nanos = trial.run(candidate, name, rate, duration(warmUpSeconds), duration(seconds));
                (candidate == candidates.product() ? product : echo).add(nanos);
            }
        }
        Latencies echoed = latencies(echo);
        Latencies produced = latencies(product);
        return new AtRate(
                rate,
                echoed,
                produced,
                produced.byPercentile().get(COMPARED) / echoed.byPercentile().get(COMPARED));
    }

    private static Duration duration(double ofSeconds) {
        return Duration.ofMillis(Math.round(1e3 * ofSeconds));
    }

    private static Latencies latencies(List<Histogram> rounds) {
        Histogram all = new Histogram(rounds.get(0));
        rounds.forEach(all::add);
        Map<Double, Double> byPercentile = new LinkedHashMap<>();
        for (double percentile : PERCENTILES) {
            byPercentile.put(percentile, all.getValueAtPercentile(percentile) / MILLIS);
        }
        return new Latencies(
                all.getTotalCount(),
                byPercentile,
                rounds.stream()
                        .map(round -> round.getValueAtPercentile(COMPARED) / MILLIS)
                        .toList());
    }

    private void report(Outcome outcome) {
        if (!report.json()) {
            print(outcome);
        }
        report.printJson(terminal, outcome);
        report.write(terminal, "latency.json", terminal.json(outcome));
        for (AtRate atRate : outcome.rates()) {
            report.write(terminal, "latency-" + (long) atRate.perSecond() + ".svg", drawing(outcome, atRate));
        }
    }

    private void print(Outcome outcome) {
        Table table = new Table().text("milliseconds").text("");
        for (double percentile : PERCENTILES) {
            table.number(name(percentile));
        }
        table.number("p99 of rounds").number("p99 of echo's");
        for (AtRate atRate : outcome.rates()) {
            row(table, Quantities.rate(atRate.perSecond()), "echo", atRate.echo(), 1);
            row(table, "", "StreamQ", atRate.product(), atRate.p99Ratio());
        }
        terminal.print(table);
        terminal.print("");
        terminal.print(terminal.styled(
                Style.QUIET,
                outcome.states() + " states, " + outcome.actions() + " actions, parallelism " + outcome.parallelism()
                        + ", " + Quantities.count(outcome.rounds(), "round") + " of " + outcome.seconds() + " s"
                        + (outcome.settings().isEmpty() ? "" : ", " + outcome.settings())));
        terminal.print(terminal.styled(Style.QUIET, outcome.machine().inShort()));
    }

    private static void row(Table table, String rate, String job, Latencies latencies, double ratio) {
        List<Object> cells = new ArrayList<>(List.of(rate, job));
        latencies.byPercentile().values().forEach(millis -> cells.add(millis(millis)));
        Figures rounds = Figures.of(latencies.p99OfRounds());
        cells.add(millis(rounds.least()) + " - " + millis(rounds.most()));
        cells.add(String.format(Locale.ROOT, "%.2f", ratio));
        table.row(cells.toArray());
    }

    private static String name(double percentile) {
        return percentile == 100 ? "most" : "p" + (percentile % 1 == 0 ? "" + (long) percentile : "" + percentile);
    }

    private static String millis(double millis) {
        return String.format(Locale.ROOT, millis < 10 ? "%.2f" : millis < 100 ? "%.1f" : "%.0f", millis);
    }

    private static String drawing(Outcome outcome, AtRate atRate) {
        DoubleFunction<String> label = millis ->
                String.format(Locale.ROOT, "%s ms", Double.toString(millis).replaceAll("\\.0$", ""));
        List<String> places = new ArrayList<>();
        for (double percentile : PERCENTILES) {
            places.add(name(percentile));
        }
        return LineDrawing.svg(
                new LineDrawing.Labels(
                        "From experience to policy, at " + Quantities.rate(atRate.perSecond()),
                        "From the intended time of each experience until its answer could be read  ·  "
                                + Quantities.count(atRate.product().experiences(), "experience"),
                        Quantities.count(outcome.rounds(), "round") + " of " + outcome.seconds() + " s each  ·  "
                                + outcome.machine().inShort(),
                        "percentile",
                        label),
                places,
                List.of(
                        series("StreamQ", atRate.product()),
                        series("echo: Kafka to Flink to Kafka, unchanged", atRate.echo())),
                true);
    }

    private static Series series(String name, Latencies latencies) {
        return new Series(
                name, latencies.byPercentile().values().stream().map(Point::of).toList());
    }
}

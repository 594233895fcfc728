package io.streamq.benchmarks.contest;

import io.streamq.benchmarks.report.LineDrawing;
import io.streamq.benchmarks.report.LineDrawing.Point;
import io.streamq.benchmarks.report.LineDrawing.Series;
import io.streamq.benchmarks.report.Machine;
import io.streamq.benchmarks.report.ReportOptions;
import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.program.Interruption;
import io.streamq.cli.terminal.Live;
import io.streamq.cli.terminal.Quantities;
import io.streamq.cli.terminal.Style;
import io.streamq.cli.terminal.Table;
import io.streamq.cli.terminal.Terminal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code streamq benchmark sweep}. */
@Command(
        name = "sweep",
        description = {
            "Varies one thing at a time around a standard setting, and compares StreamQ with the bare Flink"
                    + " job at each point: the number of states and of actions, the bytes of a key, the parallelism,"
                    + " the state backend, the skew, the processes, and the scale of 10,000,000 states on one"
                    + " TaskManager of 8 GiB.",
            "",
            "Resumes where it was stopped: what the same machine and Java measured at the same commit, with"
                    + " nothing changed since and with as many rounds, is in the folder of --out and is not measured"
                    + " again. Points that do not fit into this JVM's heap are left out and named; raise it with"
                    + " STREAMQ_JAVA_OPTS=-Xmx8g."
        },
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {
            "0:measured, except for the points that are named",
            ExitCodes.LIST_FAILED,
            ExitCodes.LIST_USAGE,
            ExitCodes.LIST_INTERRUPTED
        })
public final class SweepCommand implements Callable<Integer> {
    private static final String FOLDER = "benchmark-sweep";

    private final Terminal terminal;

    @Option(
            names = "--quick",
            description = "One small point of each, not warmed up: shows that it runs, not how fast.")
    private boolean quick;

    @Option(
            names = "--only",
            split = ",",
            converter = SweepName.class,
            paramLabel = "NAME",
            description = "Any of states, actions, state-bytes, parallelism, state-backend, skew, taskmanagers, scale."
                    + " Default: all")
    private Sweep @Nullable [] only;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "Measured runs of each, after a warm-up run. Default: ${DEFAULT-VALUE}")
    private int rounds = 3;

    @Mixin
    private final ReportOptions report = new ReportOptions(FOLDER);

    public SweepCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /**
     * The outcome for programs.
     *
     * @param skipped places that did not fit into memory, and why
     */
    record Sweeps(String benchmark, Machine machine, Map<String, List<Measured>> sweeps, List<String> skipped) {}

    /** A place of a sweep. */
    record Measured(String place, Outcome outcome) {}

    /** Names with dashes between words, as in options. */
    private static final class SweepName implements ITypeConverter<Sweep> {
        @Override
        public Sweep convert(String name) {
            return Stream.of(Sweep.values())
                    .filter(sweep -> sweep.title().replace(' ', '-').equals(name))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException("there is no such sweep"));
        }
    }

    @Override
    public Integer call() throws Exception {
        if (quick) {
            rounds = 1;
        }
        report.require(rounds >= 1, "--rounds must be at least 1: got " + rounds);
        report.validate();
        Machine machine = Machine.here();
        Map<String, List<Measured>> all = new LinkedHashMap<>();
        List<String> skipped = new ArrayList<>();
        try (Interruption interruption = Interruption.ofThisThread();
                Live live = report.live(terminal)) {
            SweepMemory memory = new SweepMemory(report.folder().resolve("places"), machine, rounds);
            List<Sweep> sweeps = only == null ? List.of(Sweep.values()) : List.of(only);
            int done = 0;
            int total = sweeps.stream()
                    .mapToInt(sweep -> sweep.places(quick).size())
                    .sum();
            long start = System.nanoTime();
            for (Sweep sweep : sweeps) {
                List<Measured> measured = new ArrayList<>();
                for (Sweep.Place place : sweep.places(quick)) {
                    String where = ++done + " of " + total + ", " + sweep.title() + " " + place.name();
                    String tooLarge = place.setting().whyItDoesNotFit();
                    if (tooLarge != null) {
                        skipped.add(sweep.title() + " " + place.name() + ": " + tooLarge);
                        continue;
                    }
                    measured.add(new Measured(place.name(), measured(place.setting(), machine, memory, step -> {
                        String line = where + "  " + step + "  "
                                + Quantities.duration(Duration.ofNanos(System.nanoTime() - start));
                        live.showLast(() -> List.of("  " + terminal.styled(Style.QUIET, line)));
                        live.show(List::of, () -> line);
                    })));
                }
                all.put(sweep.title(), measured);
            }
            live.erase();
        }
        report(new Sweeps("sweep", machine, all, skipped));
        return ExitCodes.DONE;
    }

    private Outcome measured(Setting setting, Machine machine, SweepMemory memory, Consumer<String> progress)
            throws Exception {
        Outcome known = memory.recall(setting);
        if (known != null) {
            progress.accept("already measured");
            return known;
        }
        Map<String, List<Double>> perSecond = Contest.run(
                setting, List.of(FlinkContestant.FLOOR, FlinkContestant.PRODUCT), quick ? 0 : 1, rounds, progress);
        Outcome outcome = new Outcome("throughput", machine, setting, rounds, null, Outcome.places(perSecond));
        memory.keep(outcome, terminal);
        return outcome;
    }

    private void report(Sweeps sweeps) {
        if (!report.json()) {
            print(sweeps);
        }
        report.printJson(terminal, sweeps);
        report.write(terminal, "sweep.json", terminal.json(sweeps));
        sweeps.sweeps().forEach((title, measured) -> {
            if (!measured.isEmpty()) {
                report.write(
                        terminal,
                        "sweep-" + title.replace(' ', '-') + ".svg",
                        drawing(title, measured, sweeps.machine()));
            }
        });
    }

    private void print(Sweeps sweeps) {
        Table table = new Table()
                .text("")
                .number("")
                .number("bare Flink job")
                .number("StreamQ")
                .number("of the bare job");
        sweeps.sweeps()
                .forEach((title, measured) -> measured.forEach(each -> {
                    Outcome.Place floor = each.outcome().places().get(0);
                    Outcome.Place product = each.outcome().places().get(1);
                    table.row(
                            title,
                            each.place(),
                            Quantities.rate(floor.median()),
                            Quantities.rate(product.median()),
                            String.format(Locale.ROOT, "%.2f", product.median() / floor.median()));
                }));
        terminal.print(table);
        terminal.print("");
        sweeps.skipped().forEach(skipped -> terminal.print("Left out: " + skipped));
        terminal.print(terminal.styled(
                Style.QUIET, "Around " + Sweep.standard(quick).inShort() + "; " + Quantities.count(rounds, "round")));
        terminal.print(terminal.styled(Style.QUIET, sweeps.machine().inShort()));
    }

    private String drawing(String title, List<Measured> measured, Machine machine) {
        List<Series> series = List.of(series("StreamQ", 1, measured), series("bare Flink job", 0, measured));
        return LineDrawing.svg(
                new LineDrawing.Labels(
                        "Experiences learnt per second, by " + title,
                        "Around " + Sweep.standard(quick).inShort(),
                        "Median of " + Quantities.count(rounds, "round") + ", lines from least to most  ·  "
                                + machine.inShort(),
                        title,
                        Quantities::rate),
                measured.stream().map(Measured::place).toList(),
                series,
                false);
    }

    private static Series series(String name, int index, List<Measured> measured) {
        return new Series(
                name,
                measured.stream()
                        .map(each -> each.outcome().places().get(index))
                        .map(place -> new Point(place.median(), place.least(), place.most()))
                        .toList());
    }
}

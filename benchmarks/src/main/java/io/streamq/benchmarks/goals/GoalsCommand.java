package io.streamq.benchmarks.goals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamq.benchmarks.goals.Goal.Bound;
import io.streamq.benchmarks.report.Machine;
import io.streamq.benchmarks.report.ReportOptions;
import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.program.Interruption;
import io.streamq.cli.terminal.Live;
import io.streamq.cli.terminal.ProgressBar;
import io.streamq.cli.terminal.Quantities;
import io.streamq.cli.terminal.Style;
import io.streamq.cli.terminal.Table;
import io.streamq.cli.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code streamq benchmark goals}. */
@Command(
        name = "goals",
        description = {
            "Measures, in one run of about an hour, each figure that StreamQ aims for, and says whether it is"
                    + " reached: its speed beside a bare Flink job, on the heap, on RocksDB and on two TaskManagers,"
                    + " and beside Kafka Streams; its latency from experience to policy; its speed with millions of"
                    + " states; what a row and an experience take.",
            "",
            "Each is measured by another of these benchmarks, in a JVM with its own options, whatever this"
                    + " one's are; its output is kept in a subfolder of --out. If one fails, the others are still"
                    + " measured. 16 GiB of memory are enough."
        },
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {
            "0:all measured, whatever was reached",
            ExitCodes.LIST_FAILED,
            ExitCodes.LIST_USAGE,
            ExitCodes.LIST_INTERRUPTED
        })
public final class GoalsCommand implements Callable<Integer> {
    private static final String FOLDER = "benchmark-goals";
    private static final String FILE = "goals.json";
    private static final int BAR_WIDTH = 40;

    private final Terminal terminal;
    private final Map<Part, JsonNode> outcomes = new HashMap<>();
    /** Of the goals whose parts have all been measured. */
    private final Map<Goal, Double> figures = new HashMap<>();

    private final List<String> failures = new ArrayList<>();

    @Option(names = "--quick", description = "Small, short and not warmed up: shows that it runs, not how fast.")
    private boolean quick;

    @Option(
            names = "--only",
            split = ",",
            converter = GoalName.class,
            completionCandidates = GoalNames.class,
            paramLabel = "NAME",
            description = "Any of ${COMPLETION-CANDIDATES}. Default: all")
    private Goal @Nullable [] only;

    @Mixin
    private final ReportOptions report = new ReportOptions(FOLDER);

    public GoalsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** The outcome for programs. */
    record Outcome(String benchmark, Machine machine, boolean quick, List<Measured> goals, List<String> failures) {}

    /**
     * The result for a goal.
     *
     * @param measured {@code null} if that failed or has not been done yet
     * @param commands that measure it
     */
    record Measured(
            String goal,
            Bound bound,
            double value,
            @Nullable Double measured,
            @Nullable Boolean reached,
            List<String> commands) {}

    private static final class GoalNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Goal.ALL.stream().map(Goal::name).iterator();
        }
    }

    private static final class GoalName implements ITypeConverter<Goal> {
        @Override
        public Goal convert(String name) {
            return Goal.ALL.stream()
                    .filter(goal -> goal.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException(
                            "must be one of " + String.join(", ", new GoalNames()) + ": got '" + name + "'"));
        }
    }

    @Override
    public Integer call() throws Exception {
        report.validate();
        Machine machine = Machine.here();
        try (Interruption interruption = Interruption.ofThisThread();
                Live live = report.live(terminal)) {
            measure(machine, live);
            live.erase();
        }
        report(outcome(machine));
        if (!failures.isEmpty()) {
            throw new CommandFailure("not all could be measured: " + String.join("; ", failures));
        }
        return ExitCodes.DONE;
    }

    private List<Goal> goals() {
        return only == null
                ? Goal.ALL
                : Goal.ALL.stream().filter(List.of(only)::contains).toList();
    }

    private void measure(Machine machine, Live live) throws InterruptedException {
        List<Part> parts = goals().stream()
                .flatMap(goal -> goal.parts().stream())
                .distinct()
                .toList();
        long start = System.nanoTime();
        // So that a stopped run leaves its figures too.
        report.save(FILE, terminal.json(outcome(machine)));
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            int number = i + 1;
            measure(part, step -> {
                String where = number + " of " + parts.size() + ", " + part.title() + "  "
                        + Quantities.duration(Duration.ofNanos(System.nanoTime() - start)) + "  " + step;
                live.show(() -> panel((number - 1.0) / parts.size(), where), () -> where);
            });
            report.save(FILE, terminal.json(outcome(machine)));
        }
    }

    private void measure(Part part, Consumer<String> progress) throws InterruptedException {
        Path folder = report.folder().resolve(part.title());
        try {
            PartProcess.run(part.process(quick, folder), folder, progress);
            outcomes.put(
                    part,
                    new ObjectMapper().readTree(folder.resolve(part.outcome()).toFile()));
            for (Goal goal : goals()) {
                if (goal.parts().contains(part) && outcomes.keySet().containsAll(goal.parts())) {
                    figures.put(goal, goal.figure(outcomes));
                }
            }
        } catch (IOException | CommandFailure | IllegalStateException e) {
            failures.add(part.title() + ": " + e.getMessage());
        }
    }

    private List<String> panel(double done, String where) {
        List<String> lines = new ArrayList<>(table().lines(terminal));
        lines.add("");
        lines.add("  " + terminal.styled(Style.ACCENT, ProgressBar.of(done, BAR_WIDTH)) + "  "
                + terminal.styled(Style.QUIET, where));
        return lines;
    }

    private Outcome outcome(Machine machine) {
        return new Outcome(
                "goals", machine, quick, goals().stream().map(this::measured).toList(), List.copyOf(failures));
    }

    private Measured measured(Goal goal) {
        Double figure = figures.get(goal);
        return new Measured(
                goal.name(),
                goal.bound(),
                goal.value().doubleValue(),
                figure,
                figure == null ? null : goal.isReachedBy(figure),
                goal.parts().stream().map(part -> part.command(quick)).toList());
    }

    /** Cells are empty where a goal has not been measured. */
    private Table table() {
        Table table = new Table()
                .text("")
                .text("")
                .text("")
                .number("goal")
                .number("measured")
                .text("");
        for (Goal goal : goals()) {
            Double figure = figures.get(goal);
            table.row(
                    goal.title(),
                    goal.ofWhat(),
                    goal.bound().sign(),
                    goal.value().toPlainString(),
                    figure == null ? null : goal.format(figure),
                    figure == null ? null : goal.isReachedBy(figure) ? "reached" : "missed");
        }
        return table;
    }

    private void report(Outcome outcome) {
        if (!report.json()) {
            print(outcome);
        }
        report.printJson(terminal, outcome);
        report.write(terminal, FILE, terminal.json(outcome));
    }

    private void print(Outcome outcome) {
        terminal.print(table());
        terminal.print("");
        if (quick) {
            terminal.print("Quick: small, short and not warmed up, so these figures mean nothing.");
        }
        terminal.print(terminal.styled(Style.QUIET, outcome.machine().inShortWithoutHeap()));
    }
}

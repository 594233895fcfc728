package io.streamq.benchmarks.goals;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamq.benchmarks.goals.Goal.Bound;
import io.streamq.benchmarks.report.Machine;
import io.streamq.benchmarks.report.ReportOptions;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
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
            "Measures, in one run of about an hour, each figure that StreamQ is to reach, and says whether it does: how fast it is"
                    + " beside a bare Flink job, on the heap, on RocksDB and on two TaskManagers, and beside Kafka Streams;"
                    + " from experience to policy; with millions of states; what a row and an experience take.",
            "",
            "Each is measured by another of these benchmarks, with Java's options of its own, whose outcome is written"
                    + " beside the others together with its command. 16 GiB of memory are enough."
        },
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {
            "0:measured, whatever was reached",
            ExitCodes.LIST_FAILED,
            ExitCodes.LIST_USAGE,
            ExitCodes.LIST_INTERRUPTED
        })
public final class GoalsCommand implements Callable<Integer> {
    private static final String FOLDER = "benchmark-goals";
    private static final int BAR_WIDTH = 40;

    private final Terminal terminal;
    private final Map<Part, JsonNode> outcomes = new HashMap<>();

    @Option(names = "--quick", description = "Small and short and not warmed up: shows that it runs, not how fast.")
    private boolean quick;

    @Option(
            names = "--only",
            split = ",",
            converter = GoalName.class,
            paramLabel = "NAME",
            description = "Of hashmap, rocksdb, rocksdb-beyond-memory, two-taskmanagers, kafka-streams, latency,"
                    + " ten-million-states, row, allocation. Default: all")
    private Goal @Nullable [] only;

    @Mixin
    private final ReportOptions report = new ReportOptions(FOLDER);

    public GoalsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** The outcome as a program reads it. */
    record Outcome(String benchmark, Machine machine, boolean quick, List<Measured> goals) {}

    /**
     * What came of a goal.
     *
     * @param commands that it was measured by
     */
    record Measured(String goal, Bound bound, double value, double measured, boolean reached, List<String> commands) {}

    /** Names with a dash between words, as options have. */
    private static final class GoalName implements ITypeConverter<Goal> {
        @Override
        public Goal convert(String name) {
            return Goal.ALL.stream()
                    .filter(goal -> goal.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException("there is no such goal"));
        }
    }

    @Override
    public Integer call() throws Exception {
        report.validate();
        Machine machine = Machine.here();
        Set<Part> parts = new LinkedHashSet<>();
        goals().forEach(goal -> parts.addAll(goal.parts()));
        try (Interruption interruption = Interruption.ofThisThread();
                Live live = report.live(terminal)) {
            measure(parts, live);
            live.erase();
        }
        report(new Outcome(
                "goals", machine, quick, goals().stream().map(this::measured).toList()));
        return ExitCodes.DONE;
    }

    private List<Goal> goals() {
        return only == null ? Goal.ALL : List.of(only);
    }

    private void measure(Set<Part> parts, Live live) throws IOException, InterruptedException {
        long start = System.nanoTime();
        for (Part part : parts) {
            Path folder = report.folder().resolve(part.title());
            JsonNode outcome = OwnJava.outcome(part, quick, folder, step -> {
                String where = (outcomes.size() + 1) + " of " + parts.size() + ", " + part.title() + "  "
                        + Quantities.duration(Duration.ofNanos(System.nanoTime() - start)) + "  " + step;
                double done = (double) outcomes.size() / parts.size();
                live.show(() -> panel(done, where), () -> where);
            });
            outcomes.put(part, outcome);
        }
    }

    private List<String> panel(double done, String where) {
        List<String> lines = new ArrayList<>(table().lines(terminal));
        lines.add("");
        lines.add("  " + terminal.styled(Style.ACCENT, ProgressBar.of(done, BAR_WIDTH)) + "  "
                + terminal.styled(Style.QUIET, where));
        return lines;
    }

    private Measured measured(Goal goal) {
        double figure = goal.figure(outcomes);
        return new Measured(
                goal.name(),
                goal.bound(),
                goal.value().doubleValue(),
                figure,
                goal.isReachedBy(figure),
                goal.parts().stream().map(part -> part.command(quick)).toList());
    }

    /** Empty where a goal has not been measured yet. */
    private Table table() {
        Table table =
                new Table().text("").text("").number("goal").number("measured").text("");
        for (Goal goal : goals()) {
            boolean known = outcomes.keySet().containsAll(goal.parts());
            double figure = known ? goal.figure(outcomes) : 0;
            table.row(
                    goal.title(),
                    goal.bound() == Bound.AT_LEAST ? "at least" : "at most",
                    goal.value().toPlainString(),
                    known ? goal.format(figure) : null,
                    known ? goal.isReachedBy(figure) ? "reached" : "missed" : null);
        }
        return table;
    }

    private void report(Outcome outcome) {
        if (!report.json()) {
            print(outcome);
        }
        report.printJson(terminal, outcome);
        report.write(terminal, "goals.json", terminal.json(outcome));
    }

    private void print(Outcome outcome) {
        terminal.print(table());
        terminal.print("");
        terminal.print(terminal.styled(Style.QUIET, outcome.machine().inShort()));
    }
}

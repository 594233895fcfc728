package io.streamq.benchmarks.memory;

import io.streamq.benchmarks.contest.AllocationRun;
import io.streamq.benchmarks.contest.Setting;
import io.streamq.benchmarks.contest.StateBackend;
import io.streamq.benchmarks.contest.Who;
import io.streamq.benchmarks.memory.AllocationTrial.OfTask;
import io.streamq.benchmarks.memory.RowMemory.OfClass;
import io.streamq.benchmarks.report.BarDrawing;
import io.streamq.benchmarks.report.BarDrawing.Bar;
import io.streamq.benchmarks.report.Machine;
import io.streamq.benchmarks.report.ReportOptions;
import io.streamq.benchmarks.workload.Skew;
import io.streamq.benchmarks.workload.Workload;
import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.program.Interruption;
import io.streamq.cli.terminal.Live;
import io.streamq.cli.terminal.Quantities;
import io.streamq.cli.terminal.Style;
import io.streamq.cli.terminal.Table;
import io.streamq.cli.terminal.Terminal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code streamq benchmark memory}. */
@Command(
        name = "memory",
        description = {
            "Measures how much heap a row takes (key, row, view and map entries together): rows are added to"
                    + " the running job, and the live objects of the whole JVM are counted before and after, by class.",
            "",
            "Then measures what the tasks allocate per experience, once all rows are there: exactly per"
                    + " thread, and by method from samples, in StreamQ and in the bare Flink job."
        },
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {ExitCodes.LIST_DONE, ExitCodes.LIST_FAILED, ExitCodes.LIST_USAGE, ExitCodes.LIST_INTERRUPTED})
public final class MemoryCommand implements Callable<Integer> {
    private static final int PLACES = 8;
    private static final double NEGLIGIBLE_BYTES = 0.05;

    private final Terminal terminal;

    @Option(names = "--quick", description = "Few rows and experiences: shows that it runs, not how much.")
    private boolean quick;

    @Option(names = "--rows", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}")
    private int rows = 1_000_000;

    @Option(names = "--actions", paramLabel = "N", description = "Actions of a row. Default: ${DEFAULT-VALUE}")
    private int actions = 8;

    @Option(
            names = "--experiences",
            paramLabel = "N",
            description =
                    "Experiences to count allocations over, in their second half. Default: ${DEFAULT-VALUE}, of 1000"
                            + " states, so that hardly any greedy action still changes")
    private long experiences = 4_000_000;

    @Option(names = "--parallelism", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}")
    private int parallelism = 2;

    @Mixin
    private final ReportOptions report = new ReportOptions();

    public MemoryCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** The outcome for programs. */
    record Outcome(
            String benchmark,
            Machine machine,
            int rows,
            int parallelism,
            RowMemory.Outcome row,
            Setting allocationSetting,
            Map<Who, List<OfTask>> allocation) {}

    @Override
    public Integer call() throws Exception {
        if (quick) {
            rows = 20_000;
            experiences = 300_000;
        }
        report.require(rows >= 1_000, "--rows must be at least 1000: got " + rows);
        report.require(actions >= 1, "--actions must be at least 1: got " + actions);
        report.require(experiences >= 1_000, "--experiences must be at least 1000: got " + experiences);
        report.require(parallelism >= 1 && parallelism <= 128, "--parallelism must be in [1, 128]: got " + parallelism);
        report.validate();
        Machine machine = Machine.here();
        RowMemory.Outcome row;
        Map<Who, List<OfTask>> allocation;
        Setting setting = allocationSetting();
        try (Interruption interruption = Interruption.ofThisThread();
                Live live = report.live(terminal)) {
            Consumer<String> progress = ReportOptions.steps(terminal, live);
            row = RowMemory.measure(rows, actions, parallelism, progress);
            progress.accept("counting allocations");
            allocation = AllocationRun.run(setting, AllocationTrial::new);
            live.erase();
        }
        report(new Outcome("memory", machine, rows, parallelism, row, setting, allocation));
        return ExitCodes.DONE;
    }

    private Setting allocationSetting() {
        return new Setting(
                experiences,
                1_000,
                actions,
                Workload.LEAST_STATE_BYTES,
                Skew.UNIFORM,
                parallelism,
                StateBackend.HASHMAP,
                0,
                0,
                Map.of(),
                Setting.SKIPPED_PERCENT,
                0);
    }

    private void report(Outcome outcome) {
        if (!report.json()) {
            print(outcome);
        }
        report.printJson(terminal, outcome);
        report.write(terminal, "memory.json", terminal.json(outcome));
        report.write(terminal, "memory.svg", drawing(outcome));
    }

    private void print(Outcome outcome) {
        printRow(outcome.row());
        terminal.print("");
        printAllocation(outcome);
        terminal.print("");
        terminal.print(terminal.styled(Style.QUIET, outcome.machine().inShort()));
    }

    private void printRow(RowMemory.Outcome row) {
        Table sizes = new Table().number("rows").number("bytes each");
        row.bytesPerRow().forEach((count, bytes) -> sizes.row(count, bytes(bytes)));
        sizes.row("information", bytes(row.informationBytes()));
        terminal.print(sizes);
        terminal.print("");
        Table classes = new Table().text("class").number("a row").number("bytes a row");
        for (OfClass each : row.byClass()) {
            classes.row(
                    each.name(), String.format(Locale.ROOT, "%.2f", each.instancesPerRow()), bytes(each.bytesPerRow()));
        }
        terminal.print(classes);
    }

    private void printAllocation(Outcome outcome) {
        Table table = new Table().text("allocates").text("where").number("bytes an experience");
        outcome.allocation().forEach((who, tasks) -> {
            for (OfTask task : tasks) {
                String name = (who == Who.FLOOR ? "bare Flink job: " : "StreamQ: ") + task.task();
                table.row(shortened(name), "all", bytes(task.bytesPerExperience()));
                task.byPlace().entrySet().stream()
                        .filter(place -> place.getValue() >= NEGLIGIBLE_BYTES)
                        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                        .limit(PLACES)
                        .forEach(place -> table.row(null, place.getKey(), bytes(place.getValue())));
            }
        });
        terminal.print(table);
        terminal.print(terminal.styled(
                Style.QUIET,
                "Over the second half of " + outcome.allocationSetting().inShort()
                        + "; by place from samples, the innermost method outside the JDK"));
    }

    private static String shortened(String name) {
        return name.length() <= 48 ? name : name.substring(0, 47) + "…";
    }

    private static String bytes(double bytes) {
        return String.format(Locale.ROOT, "%,.1f", bytes);
    }

    private static String drawing(Outcome outcome) {
        List<Bar> bars = new ArrayList<>();
        outcome.row().bytesPerRow().forEach((count, bytes) -> bars.add(new Bar(count + " rows", bytes, bytes, bytes)));
        double information = outcome.row().informationBytes();
        bars.add(new Bar("information", information, information, information));
        return BarDrawing.svg(
                "Bytes of the heap for a row of " + outcome.row().actions() + " actions",
                "Key, row, map entry and view together, beside what no encoding can save",
                Quantities.count(outcome.rows(), "row") + " at the most  ·  "
                        + outcome.machine().inShort(),
                bars,
                number -> String.format(Locale.ROOT, "%,.0f", number));
    }
}

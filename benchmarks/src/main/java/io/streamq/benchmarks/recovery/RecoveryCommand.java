package io.streamq.benchmarks.recovery;

import io.streamq.benchmarks.contest.StateBackend;
import io.streamq.benchmarks.recovery.RecoveryTrial.Result;
import io.streamq.benchmarks.report.Machine;
import io.streamq.benchmarks.report.ReportOptions;
import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.program.Interruption;
import io.streamq.cli.program.TemporaryFolder;
import io.streamq.cli.terminal.Live;
import io.streamq.cli.terminal.Quantities;
import io.streamq.cli.terminal.Style;
import io.streamq.cli.terminal.Table;
import io.streamq.cli.terminal.Terminal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code streamq benchmark recovery}. */
@Command(
        name = "recovery",
        description = {
            "Kills a TaskManager of a cluster of real processes while experience streams in, and measures how"
                    + " long it takes until the job writes to the policy topic again; and what checkpoints, savepoints"
                    + " and rebuilding the view cost.",
            "",
            "The cluster has two TaskManagers that learn and a third one to take over, one slot each. Takes about two minutes for"
                    + " each number of states and state backend."
        },
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {ExitCodes.LIST_DONE, ExitCodes.LIST_FAILED, ExitCodes.LIST_USAGE, ExitCodes.LIST_INTERRUPTED})
public final class RecoveryCommand implements Callable<Integer> {
    private static final long MILLION = 1_000_000;
    /** With fewer states, measurements say nothing of a million. */
    private static final int LEAST_TO_EXTRAPOLATE = 100_000;

    private final Terminal terminal;

    @Option(names = "--quick", description = "One small table, one kill: shows that it runs, not how fast.")
    private boolean quick;

    @Option(
            names = "--states",
            paramLabel = "N",
            split = ",",
            defaultValue = "10000,1000000",
            description = "Rows of the Q-table, one number or several. Default: ${DEFAULT-VALUE}")
    private List<Integer> states = List.of();

    @Option(
            names = "--state-backend",
            paramLabel = "hashmap|rocksdb",
            split = ",",
            defaultValue = "hashmap,rocksdb",
            description = "One or both. Default: ${DEFAULT-VALUE}")
    private List<StateBackend> stateBackends = List.of();

    @Option(names = "--kills", paramLabel = "N", description = "Kills in each trial. Default: ${DEFAULT-VALUE}")
    private int kills = 3;

    @Option(names = "-D", paramLabel = "x.y=VALUE", description = "A setting of Flink, such as heartbeat.interval=10s.")
    private Map<String, String> flink = new LinkedHashMap<>();

    @Mixin
    private final ReportOptions report = new ReportOptions();

    public RecoveryCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** The outcome for programs. */
    record Outcome(
            String benchmark, Machine machine, String cluster, Map<String, String> flink, List<Result> results) {}

    @Override
    public Integer call() throws Exception {
        if (quick) {
            states = List.of(1_000);
            stateBackends = List.of(StateBackend.ROCKSDB);
            kills = 1;
        }
        report.require(
                states.stream().allMatch(rows -> rows >= 100), "--states must be at least 100 each: got " + states);
        report.require(kills >= 1, "--kills must be at least 1: got " + kills);
        report.validate();
        Machine machine = Machine.here();
        List<Result> results = new ArrayList<>();
        try (Interruption interruption = Interruption.ofThisThread();
                Live live = report.live(terminal)) {
            for (StateBackend stateBackend : stateBackends) {
                for (int rows : states) {
                    results.add(run(stateBackend, rows, live));
                }
            }
            live.erase();
        }
        Outcome outcome = new Outcome("recovery", machine, RecoveryTrial.SETTINGS, flink, results);
        if (!report.json()) {
            print(outcome);
        }
        report.printJson(terminal, outcome);
        report.write(terminal, "recovery.json", terminal.json(outcome));
        return ExitCodes.DONE;
    }

    private Result run(StateBackend stateBackend, int rows, Live live) throws Exception {
        String trial = Quantities.count(rows, "state") + " in " + stateBackend.flinkName() + ": ";
        try (TemporaryFolder folder = TemporaryFolder.create("streamq-recovery")) {
            Consumer<String> steps = ReportOptions.steps(terminal, live);
            return new RecoveryTrial(folder.path().resolve("cluster"), stateBackend.flinkName(), rows, kills, flink)
                    .run(step -> steps.accept(trial + step));
        }
    }

    private void print(Outcome outcome) {
        List<Result> results = outcome.results();
        terminal.print(terminal.styled(Style.TITLE, "From kill -9 to the first policy update"));
        Table recovery = new Table()
                .text("backend")
                .number("states")
                .number("noticed")
                .number("restarted")
                .number("learns again")
                .number("in all")
                .number("least")
                .number("most");
        for (Result result : results) {
            recovery.row(
                    result.stateBackend(),
                    Quantities.count(result.states()),
                    seconds(result.median(Recovery::noticedMillis)),
                    seconds(result.median(Recovery::restartedMillis)),
                    seconds(result.median(Recovery::learntMillis)),
                    seconds(result.median(Recovery::totalMillis)),
                    seconds(result.least(Recovery::totalMillis)),
                    seconds(result.most(Recovery::totalMillis)));
        }
        terminal.print(recovery);
        terminal.print("");
        terminal.print(
                "noticed: until the job leaves RUNNING, Flink's failure detection; restarted: until it is RUNNING again,");
        terminal.print(
                "Flink's restart delay; learns again: tasks start, rows and view are restored, the first row is announced.");
        terminal.print("Medians of " + Quantities.count(kills, "kill") + ", each column on its own.");
        terminal.print("");
        terminal.print(terminal.styled(Style.TITLE, "What state costs"));
        Table state = new Table()
                .text("backend")
                .number("states")
                .number("view rebuilt")
                .number("a million")
                .number("checkpoint")
                .number("written")
                .number("took")
                .number("savepoint")
                .number("took");
        for (Result result : results) {
            state.row(
                    result.stateBackend(),
                    Quantities.count(result.states()),
                    seconds(result.viewRebuildMillis()),
                    result.states() < LEAST_TO_EXTRAPOLATE
                            ? null
                            : seconds(result.viewRebuildMillis() * MILLION / result.rowsOfSlowestShard()),
                    mebibytes(result.checkpoint().bytes()),
                    mebibytes(result.checkpoint().writtenBytes()),
                    seconds(result.checkpoint().millis()),
                    mebibytes(result.savepoint().bytes()),
                    seconds(result.savepoint().millis()));
        }
        terminal.print(state);
        terminal.print("");
        terminal.print(
                "view rebuilt: the slower of two shards, each with half of the states, side by side; a million: per million rows"
                        + " of one shard.");
        terminal.print(terminal.styled(
                Style.QUIET,
                outcome.cluster() + (flink.isEmpty() ? "" : ", " + flink) + "; "
                        + outcome.machine().inShort()));
    }

    private static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.2f s", millis / 1000.0);
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", (double) bytes / (1 << 20));
    }
}

package io.streamq.benchmarks.duel;

import io.streamq.benchmarks.contest.Figures;
import io.streamq.benchmarks.contest.Setting;
import io.streamq.benchmarks.contest.SettingOptions;
import io.streamq.benchmarks.contest.Who;
import io.streamq.benchmarks.duel.Duelist.Identity;
import io.streamq.benchmarks.duel.Duelist.Turn;
import io.streamq.benchmarks.report.BarDrawing;
import io.streamq.benchmarks.report.BarDrawing.Bar;
import io.streamq.benchmarks.report.Machine;
import io.streamq.benchmarks.report.ReportOptions;
import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.program.Interruption;
import io.streamq.cli.program.TemporaryFolder;
import io.streamq.cli.terminal.Live;
import io.streamq.cli.terminal.ProgressBar;
import io.streamq.cli.terminal.Quantities;
import io.streamq.cli.terminal.Style;
import io.streamq.cli.terminal.Table;
import io.streamq.cli.terminal.Terminal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code streamq benchmark duel}. */
@Command(
        name = "duel",
        description = {
            "Compares StreamQ with the bare Flink job, or with StreamQ of another checkout, more finely than"
                    + " whole runs can: each side has its own processes and broker and learns without end, and all but"
                    + " one are stopped (SIGSTOP) while that one has its turn of a few seconds, in which no job begins"
                    + " or ends. What slows the machine for a minute slows all alike.",
            "",
            "After the last turn each learns to the end of its topic, and its table is compared with what was"
                    + " published. Needs the memory of all sides together; each has a heap as large as this JVM's."
        },
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {ExitCodes.LIST_DONE, ExitCodes.LIST_FAILED, ExitCodes.LIST_USAGE, ExitCodes.LIST_INTERRUPTED})
public final class DuelCommand implements Callable<Integer> {
    private static final int BAR_WIDTH = 40;
    /** Of one job, which must learn for longer than a turn. */
    private static final long QUICK_EXPERIENCES = 3_000_000;

    private final Terminal terminal;

    @Option(names = "--quick", description = "Small, short and not warmed up: shows that it runs, not how fast.")
    private boolean quick;

    @Mixin
    private final SettingOptions settings = new SettingOptions();

    @Option(
            names = "--contestants",
            split = ",",
            paramLabel = "NAME",
            description = "floor (the bare Flink job), streamq, or both, comma-separated. Default: both")
    private List<Who> contestants = List.of(Who.values());

    @Option(
            names = "--other",
            converter = OtherCheckout.Converter.class,
            paramLabel = "NAME=FOLDER",
            description = "StreamQ of another checkout that has this command, built if it is not; may be repeated.")
    private List<OtherCheckout> others = new ArrayList<>();

    @Option(names = "--turns", paramLabel = "N", description = "Measured turns of each. Default: ${DEFAULT-VALUE}")
    private int turns = 12;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "Length of a turn; on a cluster 8 or more, as counts are 0.1 to 0.2 s old. Default:"
                    + " ${DEFAULT-VALUE}")
    private double seconds = 2.5;

    @Option(
            names = "--warm-up",
            paramLabel = "S",
            description = "Seconds of turns of each before those that count. Default: ${DEFAULT-VALUE}")
    private double warmUpSeconds = 60;

    @Mixin
    private final ReportOptions report = new ReportOptions();

    public DuelCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** The outcome for programs. */
    record Outcome(
            String benchmark,
            Machine machine,
            Setting setting,
            double warmUpSeconds,
            int turns,
            double secondsOfTurn,
            List<Side> sides) {}

    /**
     * One side, with medians of its turns.
     *
     * @param folder of its checkout; {@code null} for this one
     * @param commit of its checkout when the duel began; {@code null} if unknown
     * @param ofFirst its speed relative to the first side's, turn by turn
     * @param jobs how many of its jobs the measured turns saw
     */
    record Side(
            String contestant,
            @Nullable String folder,
            @Nullable String commit,
            double median,
            double least,
            double most,
            double ofFirst,
            double cpuNanosPerExperience,
            long jobs,
            List<Double> experiencesPerSecond) {

        static Side of(Identity identity, @Nullable String commit, List<Turn> turns, List<Turn> first) {
            List<Double> perSecond = turns.stream().map(Turn::perSecond).toList();
            List<Double> ratios = new ArrayList<>();
            for (int turn = 0; turn < turns.size(); turn++) {
                ratios.add(perSecond.get(turn) / first.get(turn).perSecond());
            }
            Figures figures = Figures.of(perSecond);
            return new Side(
                    identity.name(),
                    identity.folder() == null ? null : identity.folder().toString(),
                    commit,
                    figures.median(),
                    figures.least(),
                    figures.most(),
                    Figures.of(ratios).median(),
                    Figures.of(turns.stream().map(Turn::cpuNanosPerExperience).toList())
                            .median(),
                    turns.stream().mapToLong(Turn::job).distinct().count(),
                    perSecond);
        }
    }

    @Override
    public Integer call() throws Exception {
        if (quick) {
            settings.quick(QUICK_EXPERIENCES);
            turns = 2;
            seconds = 0.5;
            warmUpSeconds = 0;
        }
        report.require(turns >= 1, "--turns must be at least 1: got " + turns);
        report.require(seconds >= 0.1, "--seconds must be at least 0.1: got " + seconds);
        report.require(warmUpSeconds >= 0, "--warm-up must be at least 0: got " + warmUpSeconds);
        report.validate();
        Setting setting = settings.setting(report).withFlink(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT.key(), "1h");
        setting.warnIfItDoesNotFit(terminal);
        List<Identity> identities = identities();
        requireNamesApart(identities);
        Machine machine = Machine.here();
        Map<Identity, @Nullable String> commits = new HashMap<>();
        identities.forEach(
                each -> commits.put(each, each.folder() == null ? machine.commit() : Machine.commitOf(each.folder())));
        Map<String, List<Turn>> all = fight(identities, setting);
        List<Turn> first = all.get(identities.get(0).name());
        report(new Outcome(
                "duel",
                machine,
                setting,
                warmUpSeconds,
                turns,
                seconds,
                identities.stream()
                        .map(each -> Side.of(each, commits.get(each), all.get(each.name()), first))
                        .toList()));
        return ExitCodes.DONE;
    }

    private List<Identity> identities() {
        List<Identity> identities = new ArrayList<>();
        contestants.forEach(who -> identities.add(new Identity(who.title(), who, null)));
        others.forEach(other -> identities.add(new Identity(other.name(), Who.STREAMQ, other.folder())));
        return identities;
    }

    private void requireNamesApart(List<Identity> identities) {
        Set<String> names = new HashSet<>();
        for (Identity identity : identities) {
            report.require(
                    names.add(identity.name()),
                    "--contestants and --other must give each side its own name: got '" + identity.name() + "' twice");
        }
    }

    private Map<String, List<Turn>> fight(List<Identity> identities, Setting setting) throws Exception {
        Map<String, Duelist> duelists = new LinkedHashMap<>();
        try (Interruption interruption = Interruption.ofThisThread();
                TemporaryFolder work = TemporaryFolder.create("streamq-duel");
                Live live = report.live(terminal)) {
            try {
                for (Identity identity : identities) {
                    show(
                            live,
                            0,
                            identity.name() + " publishes " + Quantities.count(setting.published(), "experience"));
                    duelists.put(
                            identity.name(),
                            Duelist.start(identity, setting, work.path().resolve(identity.name() + ".err")));
                }
                Map<String, List<Turn>> all = takeTurns(duelists, live);
                // All at once, as nothing is timed any more: a side paused for minutes loses its broker.
                duelists.values().forEach(Duelist::end);
                for (Map.Entry<String, Duelist> each : duelists.entrySet()) {
                    show(live, 1, each.getKey() + " learns to the end");
                    each.getValue().awaitEnd();
                }
                live.erase();
                return all;
            } finally {
                duelists.values().forEach(Duelist::letGo);
                duelists.values().forEach(Duelist::close);
            }
        }
    }

    private Map<String, List<Turn>> takeTurns(Map<String, Duelist> duelists, Live live) throws InterruptedException {
        Map<String, List<Turn>> measured = new LinkedHashMap<>();
        int warmUps = (int) Math.ceil(warmUpSeconds / seconds);
        for (int round = 0; round < warmUps + turns; round++) {
            for (Map.Entry<String, Duelist> each : duelists.entrySet()) {
                show(
                        live,
                        (double) round / (warmUps + turns),
                        (round < warmUps ? "warm-up" : "turn " + (round - warmUps + 1) + " of " + turns) + ": "
                                + each.getKey());
                Turn turn = each.getValue().turn(Duration.ofMillis((long) (1000 * seconds)));
                if (round >= warmUps) {
                    measured.computeIfAbsent(each.getKey(), name -> new ArrayList<>())
                            .add(turn);
                }
            }
        }
        return measured;
    }

    private void show(Live live, double done, String step) {
        live.showLast(() -> List.of("  " + terminal.styled(Style.ACCENT, ProgressBar.of(done, BAR_WIDTH)) + "  "
                + terminal.styled(Style.QUIET, step + " ...")));
        live.show(List::of, () -> step);
    }

    private void report(Outcome outcome) {
        if (!report.json()) {
            print(outcome);
        }
        report.printJson(terminal, outcome);
        report.write(terminal, "duel.json", terminal.json(outcome));
        report.write(terminal, "duel.svg", drawing(outcome));
    }

    private void print(Outcome outcome) {
        Table table = new Table()
                .text("")
                .number("median")
                .number("least")
                .number("most")
                .number("of the first")
                .number("CPU, ns each");
        for (Side side : outcome.sides()) {
            table.row(
                    side.contestant(),
                    Quantities.rate(side.median()),
                    Quantities.rate(side.least()),
                    Quantities.rate(side.most()),
                    String.format(Locale.ROOT, "%.2f", side.ofFirst()),
                    String.format(Locale.ROOT, "%.0f", side.cpuNanosPerExperience()));
        }
        terminal.print(table);
        terminal.print("");
        terminal.print("Each table counts every visit to every state and action exactly as published.");
        for (Side side : outcome.sides()) {
            if (side.jobs() > 1) {
                terminal.print("The turns of " + side.contestant() + " saw " + side.jobs()
                        + " jobs, and a job begins with young rows and code to compile: raise --experiences for one.");
            }
        }
        terminal.print(terminal.styled(Style.QUIET, outcome.setting().inShort() + "; " + inTurns(outcome)));
        terminal.print(terminal.styled(Style.QUIET, outcome.machine().inShort()));
    }

    private static String inTurns(Outcome outcome) {
        return Quantities.count(outcome.turns(), "turn") + " of " + outcome.secondsOfTurn() + " s";
    }

    private static String drawing(Outcome outcome) {
        return BarDrawing.svg(
                "Experiences learnt per second",
                outcome.setting().inShort(),
                "Median of " + inTurns(outcome) + ", whiskers from least to most  ·  "
                        + outcome.machine().inShort(),
                outcome.sides().stream()
                        .map(side -> new Bar(side.contestant(), side.median(), side.least(), side.most()))
                        .toList(),
                Quantities::rate);
    }
}

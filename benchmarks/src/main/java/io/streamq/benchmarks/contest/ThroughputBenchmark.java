package io.streamq.benchmarks.contest;

import io.streamq.benchmarks.contest.KafkaStreams.Guarantee;
import io.streamq.benchmarks.contest.Outcome.Place;
import io.streamq.benchmarks.report.BarDrawing;
import io.streamq.benchmarks.report.BarDrawing.Bar;
import io.streamq.benchmarks.report.Machine;
import io.streamq.benchmarks.report.ReportOptions;
import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.program.Interruption;
import io.streamq.cli.terminal.Live;
import io.streamq.cli.terminal.Quantities;
import io.streamq.cli.terminal.Style;
import io.streamq.cli.terminal.Table;
import io.streamq.cli.terminal.Terminal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Experiences learnt per second, by StreamQ and by its peers. */
public final class ThroughputBenchmark {
    private final Terminal terminal;

    @Option(names = "--quick", description = "Small, short and not warmed up: shows that it runs, not how fast.")
    private boolean quick;

    @Mixin
    private final SettingOptions settings = new SettingOptions();

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "Measured runs of each contestant. Default: ${DEFAULT-VALUE}")
    private int rounds = 5;

    @Option(
            names = "--warm-up-rounds",
            paramLabel = "N",
            description = "Runs of each to warm up. Default: ${DEFAULT-VALUE}")
    private int warmUpRounds = 1;

    @Mixin
    private final Contestants contestants = new Contestants();

    @Mixin
    private final ReportOptions report = new ReportOptions();

    public ThroughputBenchmark(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Measures, reports and returns the exit code. */
    public int run() throws Exception {
        if (quick) {
            settings.quick();
            rounds = 1;
            warmUpRounds = 0;
        }
        report.require(rounds >= 1, "--rounds must be at least 1: got " + rounds);
        report.require(warmUpRounds >= 0, "--warm-up-rounds must be at least 0: got " + warmUpRounds);
        report.validate();
        Setting setting = settings.setting(report);
        setting.warnIfItDoesNotFit(terminal);
        List<Contestant> chosen = contestants.on(setting, report);
        Machine machine = Machine.here();
        Map<String, List<Double>> perSecond;
        try (Interruption interruption = Interruption.ofThisThread();
                Live live = report.live(terminal)) {
            perSecond = Contest.run(setting, chosen, warmUpRounds, rounds, ReportOptions.steps(terminal, live));
            live.erase();
        }
        Guarantee guarantee = contestants.guaranteeAmong(chosen);
        report(new Outcome(
                "throughput",
                machine,
                setting,
                rounds,
                guarantee == null ? null : guarantee.kafkaName(),
                Outcome.places(perSecond)));
        return ExitCodes.DONE;
    }

    private void report(Outcome outcome) {
        if (!report.json()) {
            print(outcome);
        }
        report.printJson(terminal, outcome);
        report.write(terminal, "throughput.json", terminal.json(outcome));
        report.write(terminal, "throughput.svg", drawing(outcome));
    }

    private void print(Outcome outcome) {
        Table table = new Table()
                .text("")
                .number("median")
                .number("least")
                .number("most")
                .number("of the bare job");
        for (Place place : outcome.places()) {
            table.row(
                    place.contestant(),
                    Quantities.rate(place.median()),
                    Quantities.rate(place.least()),
                    Quantities.rate(place.most()),
                    place.ofBareJob() == null ? null : String.format(Locale.ROOT, "%.2f", place.ofBareJob()));
        }
        terminal.print(table);
        terminal.print("");
        terminal.print("Each table counts every visit to every state and action exactly as published.");
        terminal.print(terminal.styled(
                Style.QUIET,
                outcome.setting().inShort() + "; " + Quantities.count(rounds, "round")
                        + (outcome.kafkaStreamsGuarantee() == null
                                ? ""
                                : "; Kafka Streams " + outcome.kafkaStreamsGuarantee())));
        terminal.print(terminal.styled(Style.QUIET, outcome.machine().inShort()));
    }

    private static String drawing(Outcome outcome) {
        return BarDrawing.svg(
                "Experiences learnt per second",
                outcome.setting().inShort(),
                "Median of " + Quantities.count(outcome.rounds(), "round") + ", whiskers from least to most  ·  "
                        + outcome.machine().inShort(),
                outcome.places().stream()
                        .map(place -> new Bar(place.contestant(), place.median(), place.least(), place.most()))
                        .toList(),
                Quantities::rate);
    }
}

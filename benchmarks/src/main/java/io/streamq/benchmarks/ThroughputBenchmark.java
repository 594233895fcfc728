package io.streamq.benchmarks;

import io.streamq.benchmarks.Contestant.Run;
import io.streamq.cli.ExitCodes;
import io.streamq.cli.Interruption;
import io.streamq.cli.terminal.Live;
import io.streamq.cli.terminal.Quantities;
import io.streamq.cli.terminal.Style;
import io.streamq.cli.terminal.Table;
import io.streamq.cli.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateBackendOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Experiences learnt per second, by StreamQ and by its peers. */
final class ThroughputBenchmark {
    private final Terminal terminal;

    @Option(names = "--quick", description = "Small and short: shows that it runs, not how fast.")
    private boolean quick;

    @Option(names = "--experiences", paramLabel = "N", description = "In each run. Default: ${DEFAULT-VALUE}")
    private long experiences = 6_000_000;

    @Option(names = "--states", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}")
    private int states = 100_000;

    @Option(names = "--actions", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}")
    private int actions = 6;

    @Option(names = "--parallelism", paramLabel = "N", description = "Of the Flink jobs. Default: ${DEFAULT-VALUE}")
    private int parallelism = 2;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "Measured runs of each, after one that warms up. Default: ${DEFAULT-VALUE}")
    private int rounds = 5;

    @Option(
            names = "--state-backend",
            paramLabel = "hashmap|rocksdb",
            description = "Of both Flink jobs. Default: ${DEFAULT-VALUE}")
    private String stateBackend = "hashmap";

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Writes result.json there, with machine, JDK and settings.")
    private @Nullable Path out;

    ThroughputBenchmark(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Measures and reports; the exit code. */
    int run() throws Exception {
        if (quick) {
            experiences = 200_000;
            states = 1_000;
            rounds = 1;
        }
        Configuration flink = new Configuration();
        flink.set(StateBackendOptions.STATE_BACKEND, stateBackend);
        List<Contestant> contestants = List.of(new PlainLoop(), new BareFlinkJob(flink), new Product(flink));
        Workload workload = new Workload(experiences, states, actions, 1);
        Map<Contestant, List<Run>> runs = new LinkedHashMap<>();
        try (Interruption interruption = Interruption.ofThisThread();
                Live live = terminal.live()) {
            live.showLast(() -> List.of("publishing " + Quantities.count(experiences, "experience") + " ..."));
            try (Stadium stadium = Stadium.open(workload, parallelism)) {
                for (int round = 0; round <= rounds; round++) {
                    for (Contestant contestant : contestants) {
                        String step = (round == 0 ? "warm-up" : "round " + round + " of " + rounds) + ": "
                                + contestant.name();
                        live.showLast(() -> List.of(step));
                        live.show(() -> List.of(step), () -> step);
                        Run run = contestant.run(stadium);
                        if (round > 0) {
                            runs.computeIfAbsent(contestant, key -> new ArrayList<>())
                                    .add(run);
                        }
                    }
                }
            }
            live.erase();
        }
        print(runs);
        if (out != null) {
            write(out, runs);
        }
        return ExitCodes.DONE;
    }

    private void print(Map<Contestant, List<Run>> runs) {
        double floor = Figures.of(runs.get(bareFlinkJob(runs))).median();
        Table table = new Table()
                .text("")
                .number("median")
                .number("least")
                .number("most")
                .number("of the bare job");
        runs.forEach((contestant, of) -> {
            Figures figures = Figures.of(of);
            table.row(
                    contestant.name(),
                    Quantities.rate(figures.median()),
                    Quantities.rate(figures.least()),
                    Quantities.rate(figures.most()),
                    String.format(Locale.ROOT, "%.2f", figures.median() / floor));
        });
        terminal.print(table);
        terminal.print(terminal.styled(
                Style.QUIET,
                Quantities.count(experiences, "experience") + ", " + Quantities.count(states, "state") + ", " + actions
                        + " actions, parallelism " + parallelism + ", " + stateBackend + ", "
                        + Quantities.count(rounds, "round") + ", "
                        + Runtime.getRuntime().availableProcessors() + " cores"));
    }

    private static Contestant bareFlinkJob(Map<Contestant, List<Run>> runs) {
        return runs.keySet().stream()
                .filter(BareFlinkJob.class::isInstance)
                .findFirst()
                .orElseThrow();
    }

    private void write(Path folder, Map<Contestant, List<Run>> runs) throws IOException {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("experiences", experiences);
        result.put("states", states);
        result.put("actions", actions);
        result.put("parallelism", parallelism);
        result.put("stateBackend", stateBackend);
        result.put("cores", Runtime.getRuntime().availableProcessors());
        result.put("jdk", Runtime.version().toString());
        result.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        Map<String, Object> perSecond = new LinkedHashMap<>();
        runs.forEach((contestant, of) ->
                perSecond.put(contestant.name(), of.stream().map(Run::perSecond).toList()));
        result.put("experiencesPerSecond", perSecond);
        Files.createDirectories(folder);
        Path file = folder.resolve("result.json");
        Files.writeString(file, terminal.json(result) + System.lineSeparator());
        terminal.print("Written to " + file);
    }
}

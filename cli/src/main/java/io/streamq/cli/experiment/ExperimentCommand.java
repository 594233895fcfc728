package io.streamq.cli.experiment;

import io.streamq.cli.experiment.Experiment.Conditions;
import io.streamq.cli.experiment.Findings.Drawing;
import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.program.Interruption;
import io.streamq.cli.terminal.Live;
import io.streamq.cli.terminal.Quantities;
import io.streamq.cli.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code streamq experiment}: repeats the experiments of {@code docs/results.md}. */
@Command(
        name = "experiment",
        description = {
            "Repeats an experiment of docs/results.md: measures, prints a table, and writes the table as"
                    + " Markdown, all numbers as CSV and figures as SVG.",
            "",
            "NAME is one of",
            "  algorithms      what every algorithm converges to, and how fast",
            "  overestimation  what double Q-learning is for (Sutton and Barto, section 6.7)",
            "  staleness       what slightly stale values of successors cost",
            "  emission        how much each emission rule sends, and what it is worth",
            "",
            "A Kafka broker and the Flink job run in this JVM as in 'streamq demo'. Each experiment takes"
                    + " some minutes."
        },
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {
            "0:measured, printed and written",
            ExitCodes.LIST_FAILED,
            ExitCodes.LIST_USAGE,
            ExitCodes.LIST_INTERRUPTED
        })
public final class ExperimentCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Parameters(paramLabel = "NAME", description = "The experiment.")
    private String name = "";

    @Option(names = "--seeds", paramLabel = "N", description = "Number of seeds, from 1 on. Default: ${DEFAULT-VALUE}")
    private int seeds = 5;

    @Option(
            names = "--experiences",
            paramLabel = "N",
            description = "Experiences of each seed. By default as many as in docs/results.md.")
    private @Nullable Long experiences;

    @Option(names = "--out", paramLabel = "DIR", description = "Folder to write to. Default: the working folder")
    private Path out = Path.of("");

    @Option(
            names = "--json",
            description = "Prints parameters and table as JSON instead of a table, progress on standard error.")
    private boolean json;

    /** The outcome for programs. */
    record Outcome(
            String experiment,
            int seeds,
            long experiences,
            Map<String, Object> parameters,
            List<Map<String, @Nullable Object>> table,
            List<String> files) {}

    public ExperimentCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Experiment experiment = experiment();
        Conditions conditions = conditions(experiment);
        long begun = System.nanoTime();
        Findings findings;
        try (Interruption interruption = Interruption.ofThisThread();
                Live live = json ? terminal.liveBesideJson() : terminal.live()) {
            findings = experiment.run(conditions, new Progress(terminal, live, experiment.name()));
            live.erase();
        }
        tell(experiment, conditions, findings, System.nanoTime() - begun);
        return ExitCodes.DONE;
    }

    /** Writes and prints what an experiment showed. */
    void tell(Experiment experiment, Conditions conditions, Findings findings, long nanos) {
        List<String> written = new ArrayList<>();
        try {
            write(experiment, findings, written);
        } finally {
            // Minutes of measurements are reported whatever becomes of the files.
            report(experiment, conditions, findings, written, nanos);
        }
    }

    /** Created on demand: loading an experiment's Flink classes opens logs, which must wait for {@code --log-file}. */
    private Experiment experiment() {
        return switch (name) {
            case "algorithms" -> new AlgorithmsExperiment();
            case "overestimation" -> new OverestimationExperiment();
            case "staleness" -> new StalenessExperiment();
            case "emission" -> new EmissionExperiment();
            default ->
                throw usageError("NAME must be algorithms, overestimation, staleness or emission: got '" + name + "'");
        };
    }

    private Conditions conditions(Experiment experiment) {
        long each = experiences == null ? experiment.experiences() : experiences;
        if (seeds < 1) {
            throw usageError("--seeds must be at least 1: got " + seeds);
        }
        if (each < 100) {
            throw usageError("--experiences must be at least 100: got " + each);
        }
        if (each > experiment.mostExperiences()) {
            throw usageError("--experiences of " + name + " must be at most "
                    + Quantities.count(experiment.mostExperiences()) + ": got " + Quantities.count(each));
        }
        if (!Files.isDirectory(out.toAbsolutePath()) || !Files.isWritable(out.toAbsolutePath())) {
            throw usageError("--out must be a folder that can be written to: got '" + out + "'");
        }
        requireWritable(out.resolve(table(experiment)));
        requireWritable(out.resolve(data(experiment)));
        return new Conditions(seeds, each);
    }

    private static String table(Experiment experiment) {
        return experiment.name() + ".md";
    }

    private static String data(Experiment experiment) {
        return experiment.name() + ".csv";
    }

    private void requireWritable(Path file) {
        if (Files.exists(file) && !(Files.isRegularFile(file) && Files.isWritable(file))) {
            throw usageError("--out must be a folder whose files can be written to: '" + file + "' cannot");
        }
    }

    private ParameterException usageError(String sentence) {
        return new ParameterException(command.commandLine(), sentence);
    }

    private void write(Experiment experiment, Findings findings, List<String> written) {
        written.add(write(data(experiment), findings.data().csv()));
        written.add(write(table(experiment), findings.summary().markdown()));
        for (Drawing drawing : findings.drawings()) {
            written.add(write(drawing.name() + ".svg", drawing.svg()));
        }
    }

    private String write(String file, String content) {
        Path path = out.resolve(file);
        try {
            Files.writeString(path, content);
        } catch (IOException e) {
            throw new CommandFailure("the findings could not be written to " + path + " (" + e + ")", e);
        }
        return path.toString();
    }

    private void report(
            Experiment experiment, Conditions conditions, Findings findings, List<String> files, long nanos) {
        if (json) {
            terminal.printJson(new Outcome(
                    experiment.name(),
                    conditions.seeds(),
                    conditions.experiences(),
                    findings.parameters(),
                    findings.summary().records(),
                    files));
            return;
        }
        terminal.print(experiment.question());
        terminal.print("");
        terminal.print(findings.summary().table());
        terminal.print("");
        terminal.print(Quantities.count(conditions.seeds(), "seed") + ", "
                + Quantities.count(conditions.experiences(), "experience") + " each; "
                + findings.parameters().entrySet().stream()
                        .map(parameter -> parameter.getKey() + " " + parameter.getValue())
                        .collect(Collectors.joining("; ")));
        terminal.print("Measured in " + Quantities.duration(Duration.ofNanos(nanos))
                + (files.isEmpty() ? "" : ", written to " + String.join(", ", files)));
    }
}

package io.streamq.benchmarks.micro;

import io.streamq.benchmarks.report.Machine;
import io.streamq.benchmarks.report.ReportOptions;
import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.program.Interruption;
import io.streamq.cli.terminal.Live;
import io.streamq.cli.terminal.Quantities;
import io.streamq.cli.terminal.Style;
import io.streamq.cli.terminal.Table;
import io.streamq.cli.terminal.Terminal;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code streamq benchmark micro}. */
@Command(
        name = "micro",
        description = {
            "Measures the hot parts one by one with JMH: decoding, the view that successors are read from,"
                    + " updating a row, choosing its greedy action, serializers. Nanoseconds and bytes allocated per"
                    + " operation.",
            "",
            "Their sum is not the speed of the job, which waits for memory: 'streamq benchmark' measures that."
        },
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {ExitCodes.LIST_DONE, ExitCodes.LIST_FAILED, ExitCodes.LIST_USAGE, ExitCodes.LIST_INTERRUPTED})
public final class MicroCommand implements Callable<Integer> {
    private static final String ALLOCATION = "gc.alloc.rate.norm";

    private final Terminal terminal;

    @Option(
            names = "--quick",
            description = "One short iteration of each in this JVM: shows that it runs, not how fast.")
    private boolean quick;

    @Option(
            names = "--only",
            paramLabel = "REGEX",
            description = "Those whose name matches it, such as View or Row.update. Default: all")
    private String only = "";

    @Option(
            names = "--forks",
            paramLabel = "N",
            description = "JVMs in which each is measured, one after the other. Default: ${DEFAULT-VALUE}")
    private int forks = 2;

    @Option(
            names = "--iterations",
            paramLabel = "N",
            description = "Iterations of a second in each JVM, after as many to warm up. Default: ${DEFAULT-VALUE}")
    private int iterations = 5;

    @Mixin
    private final ReportOptions report = new ReportOptions();

    public MicroCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** The outcome for programs. */
    record Outcome(String benchmark, Machine machine, int forks, int iterations, List<Part> parts) {}

    /**
     * The result for one part.
     *
     * @param error half of the 99.9 % confidence interval; {@code null} with too few iterations
     */
    record Part(
            String name,
            Map<String, String> parameters,
            double nanoseconds,
            @Nullable Double error,
            @Nullable Double bytesAllocated) {}

    @Override
    public Integer call() throws Exception {
        report.require(forks >= 0, "--forks must be at least 0: got " + forks);
        report.require(iterations >= 1, "--iterations must be at least 1: got " + iterations);
        List<String> chosen = chosen();
        report.validate();
        if (quick) {
            forks = 0;
            iterations = 1;
        }
        Machine machine = Machine.here();
        Collection<RunResult> results;
        try (Interruption interruption = Interruption.ofThisThread();
                Live live = report.live(terminal)) {
            results = new Runner(options(chosen), progress(live)).run();
            live.erase();
        } catch (RunnerException e) {
            throw new CommandFailure("JMH: " + e.getMessage(), e);
        }
        report(new Outcome(
                "micro",
                machine,
                forks,
                iterations,
                results.stream().map(MicroCommand::part).toList()));
        return ExitCodes.DONE;
    }

    /** Chosen by the names in tables; JMH's include packages. */
    private List<String> chosen() {
        Set<String> all = BenchmarkList.defaultList().getAll(silent(), List.of()).stream()
                .map(BenchmarkListEntry::getUsername)
                .collect(Collectors.toCollection(TreeSet::new));
        List<String> chosen = all.stream()
                .filter(benchmark -> pattern().matcher(name(benchmark)).find())
                .toList();
        report.require(
                !chosen.isEmpty(),
                "--only must match a name, one of "
                        + all.stream().map(MicroCommand::name).collect(Collectors.joining(", ")) + ": got '" + only
                        + "'");
        return chosen;
    }

    private Pattern pattern() {
        try {
            return Pattern.compile(only);
        } catch (PatternSyntaxException e) {
            report.require(false, "--only must be a regular expression: " + e.getMessage());
            throw e;
        }
    }

    private Options options(List<String> chosen) {
        TimeValue time = quick ? TimeValue.milliseconds(20) : TimeValue.seconds(1);
        ChainedOptionsBuilder options = new OptionsBuilder()
                .mode(Mode.AverageTime)
                .timeUnit(TimeUnit.NANOSECONDS)
                .forks(forks)
                .warmupIterations(quick ? 0 : iterations)
                .warmupTime(time)
                .measurementIterations(iterations)
                .measurementTime(time)
                .shouldFailOnError(true)
                .addProfiler(GCProfiler.class);
        chosen.forEach(benchmark -> options.include("^" + Pattern.quote(benchmark) + "$"));
        if (quick) {
            // One value of each parameter is enough to show that it runs.
            options.param("stateBytes", "8").param("actions", "6").param("rows", "1000");
        }
        return options.build();
    }

    /** Reduces JMH's output to a line of progress. */
    private OutputFormat progress(Live live) {
        OutputFormat silent = silent();
        Consumer<String> steps = ReportOptions.steps(terminal, live);
        return (OutputFormat) Proxy.newProxyInstance(
                OutputFormat.class.getClassLoader(),
                new Class<?>[] {OutputFormat.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("startBenchmark")) {
                        steps.accept(name(((BenchmarkParams) arguments[0]).getBenchmark()));
                    }
                    return method.invoke(silent, arguments);
                });
    }

    private static OutputFormat silent() {
        return OutputFormatFactory.createFormatInstance(
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8), VerboseMode.SILENT);
    }

    private static String name(String benchmark) {
        String[] parts = benchmark.split("\\.", -1);
        return parts[parts.length - 2].replace("Benchmark", "") + "." + parts[parts.length - 1];
    }

    private static Part part(RunResult result) {
        BenchmarkParams benchmark = result.getParams();
        Map<String, String> parameters = new TreeMap<>();
        benchmark.getParamsKeys().forEach(key -> parameters.put(key, benchmark.getParam(key)));
        Result<?> time = result.getPrimaryResult();
        Result<?> allocated = result.getSecondaryResults().get(ALLOCATION);
        return new Part(
                name(benchmark.getBenchmark()),
                parameters,
                time.getScore(),
                Double.isNaN(time.getScoreError()) ? null : time.getScoreError(),
                allocated == null ? null : allocated.getScore());
    }

    private void report(Outcome outcome) {
        if (!report.json()) {
            Table table = new Table().text("").text("").number("ns").number("±").number("bytes allocated");
            for (Part part : outcome.parts()) {
                List<String> parameters = new ArrayList<>();
                part.parameters().forEach((key, value) -> parameters.add(key + "=" + value));
                table.row(
                        part.name(),
                        String.join(" ", parameters),
                        number(part.nanoseconds()),
                        number(part.error()),
                        number(part.bytesAllocated()));
            }
            terminal.print(table);
            terminal.print("");
            terminal.print(terminal.styled(
                    Style.QUIET,
                    Quantities.count(outcome.forks(), "fork") + " of "
                            + Quantities.count(outcome.iterations(), "second") + "; "
                            + outcome.machine().inShort()));
        }
        report.printJson(terminal, outcome);
        report.write(terminal, "micro.json", terminal.json(outcome));
    }

    private static @Nullable String number(@Nullable Double number) {
        return number == null ? null : String.format(Locale.ROOT, "%.1f", number);
    }
}

package io.streamq.benchmarks;

import io.streamq.benchmarks.contest.SweepCommand;
import io.streamq.benchmarks.contest.ThroughputBenchmark;
import io.streamq.benchmarks.latency.LatencyCommand;
import io.streamq.benchmarks.memory.MemoryCommand;
import io.streamq.benchmarks.micro.MicroCommand;
import io.streamq.benchmarks.recovery.RecoveryCommand;
import io.streamq.cli.CommandFailure;
import io.streamq.cli.ExitCodes;
import io.streamq.cli.LogFile;
import io.streamq.cli.terminal.Style;
import io.streamq.cli.terminal.Terminal;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code streamq benchmark}: StreamQ against what a user would have otherwise. Without a subcommand, its throughput. */
@Command(
        name = "streamq benchmark",
        synopsisSubcommandLabel = "[COMMAND]",
        description = {
            "Lets StreamQ, with everything on, and its peers learn from the same experiences on the same broker, in"
                    + " turn, and compares the medians. The peers: a plain loop over a Kafka consumer with a hash map,"
                    + " which loses everything when it ends; a bare Flink job (source, decode, one keyBy, one keyed-state"
                    + " update, no checkpoint, no sink), which is the least that any Flink job does; and the same"
                    + " algorithm on Kafka Streams with durable stores.",
            "",
            "After each run the contestant's table is compared with what was published: how often each action was"
                    + " tried in each state. A figure is printed only if all tables are right."
        },
        commandListHeading = "%nCommands, each with a --help of its own:%n",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {ExitCodes.LIST_DONE, ExitCodes.LIST_FAILED, ExitCodes.LIST_USAGE, ExitCodes.LIST_INTERRUPTED},
        footerHeading = "%nEnvironment:%n",
        footer = {
            "  STREAMQ_JAVA_OPTS   options of the Java that it runs in, such as -Xmx8g",
            "  NO_COLOR            set to anything, colors are left out"
        })
public final class BenchmarkCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final ThroughputBenchmark throughput;

    @Option(names = "--stacktrace", scope = ScopeType.INHERIT, description = "Prints the stack trace of a failure.")
    private boolean stacktrace;

    @Option(
            names = "--log-file",
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            description = "Keeps the warnings of Kafka and Flink. Default: they are dropped.")
    void setLogFile(Path file) {
        LogFile.named(file);
    }

    private BenchmarkCommand(Terminal terminal) {
        this.terminal = terminal;
        this.throughput = new ThroughputBenchmark(terminal);
    }

    public static void main(String[] args) {
        System.exit(run(args, Terminal.of(writer(FileDescriptor.out), writer(FileDescriptor.err))));
    }

    /** UTF-8 whatever the locale: the bars and the tables are made of it. */
    private static PrintWriter writer(FileDescriptor descriptor) {
        return new PrintWriter(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
    }

    /** Runs a command line in this JVM and returns its exit code; never throws. */
    static int run(String[] args, Terminal terminal) {
        int exitCode = new BenchmarkCommand(terminal).commandLine().execute(args);
        terminal.out().flush();
        terminal.err().flush();
        return exitCode;
    }

    /** The command with its subcommands: one that comes along is added here, its constructor taking what it needs. */
    private CommandLine commandLine() {
        CommandLine benchmark = new CommandLine(this)
                .addSubcommand(new LatencyCommand(terminal))
                .addSubcommand(new MemoryCommand(terminal))
                .addSubcommand(new SweepCommand(terminal))
                .addSubcommand(new MicroCommand(terminal))
                .addSubcommand(new RecoveryCommand(terminal))
                .setOut(terminal.out())
                .setErr(terminal.err())
                .setColorScheme(CommandLine.Help.defaultColorScheme(
                        terminal.isColored() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF))
                .setUsageHelpWidth(Math.max(80, Math.min(terminal.columns(), 120)))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((failure, args) -> reportUsage(failure))
                .setExecutionStrategy(BenchmarkCommand::execute)
                .setExecutionExceptionHandler((failure, command, parsed) -> report(failure));
        unify(benchmark);
        return benchmark;
    }

    /** An option before a subcommand is the throughput's, and would be read and ignored. */
    private static int execute(ParseResult parsed) {
        if (parsed.hasSubcommand()) {
            parsed.matchedOptions().stream()
                    .filter(option -> option.scopeType() != ScopeType.INHERIT)
                    .findFirst()
                    .ifPresent(option -> {
                        throw new ParameterException(
                                parsed.commandSpec().commandLine(),
                                option.longestName() + " belongs behind '"
                                        + parsed.subcommand().commandSpec().name() + "', if it is an option of that");
                    });
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    /** What every command has, so that none forgets it. */
    private static void unify(CommandLine command) {
        command.getCommandSpec()
                .addOption(OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Shows this help.")
                        .build())
                .usageMessage()
                .sortOptions(false)
                .sortSynopsis(false)
                .abbreviateSynopsis(true)
                .descriptionHeading("%n")
                .optionListHeading("%nOptions:%n");
        command.getSubcommands().values().forEach(BenchmarkCommand::unify);
    }

    @Override
    public Integer call() throws Exception {
        return throughput.run();
    }

    private int reportUsage(ParameterException failure) {
        CommandLine command = failure.getCommandLine();
        complain(String.valueOf(failure.getMessage()));
        if (!UnmatchedArgumentException.printSuggestions(failure, terminal.err())) {
            terminal.err().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        }
        printTrace(failure);
        return ExitCodes.USAGE;
    }

    private int report(Exception failure) {
        if (failure instanceof InterruptedException) {
            return ExitCodes.INTERRUPTED;
        }
        if (failure instanceof CommandFailure) {
            complain(failure.getMessage());
        } else {
            LoggerFactory.getLogger(BenchmarkCommand.class).error("a benchmark failed unexpectedly", failure);
            complain("this should not have happened: " + failure
                    + "; run it again with --stacktrace, or with --log-file FILE, to see more");
        }
        printTrace(failure);
        return ExitCodes.FAILED;
    }

    private void complain(String sentence) {
        terminal.err().println(terminal.styled(Style.BAD, "streamq: ") + sentence);
    }

    private void printTrace(Exception failure) {
        if (stacktrace) {
            failure.printStackTrace(terminal.err());
        }
    }
}

package io.streamq.benchmarks;

import io.streamq.benchmarks.contest.SweepCommand;
import io.streamq.benchmarks.contest.ThroughputBenchmark;
import io.streamq.benchmarks.duel.DuelCommand;
import io.streamq.benchmarks.duel.DuelistCommand;
import io.streamq.benchmarks.goals.GoalsCommand;
import io.streamq.benchmarks.latency.LatencyCommand;
import io.streamq.benchmarks.memory.MemoryCommand;
import io.streamq.benchmarks.micro.MicroCommand;
import io.streamq.benchmarks.recovery.RecoveryCommand;
import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.program.LogFile;
import io.streamq.cli.program.Program;
import io.streamq.cli.terminal.Terminal;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code streamq benchmark}: StreamQ against the alternatives. Without a subcommand, its throughput. */
@Command(
        name = "streamq benchmark",
        synopsisSubcommandLabel = "[COMMAND]",
        description = {
            "Runs StreamQ, with everything on, and its peers on the same experiences and the same broker, in"
                    + " turn, and compares the medians. The peers: a plain loop over a Kafka consumer with a hash map,"
                    + " which loses everything when it ends; a bare Flink job (source, decode, one keyBy, one"
                    + " keyed-state update, no checkpoint, no sink), which is the least that any Flink job does; and"
                    + " the same algorithm on Kafka Streams with durable stores.",
            "",
            "After each run the contestant's table is compared with what was published: how often each action"
                    + " was tried in each state. A figure is printed only if all tables are right."
        },
        commandListHeading = "%nCommands, each with its own --help:%n",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {ExitCodes.LIST_DONE, ExitCodes.LIST_FAILED, ExitCodes.LIST_USAGE, ExitCodes.LIST_INTERRUPTED},
        footerHeading = "%nEnvironment:%n",
        footer = {
            "  STREAMQ_JAVA_OPTS   options of the JVM that it runs in, such as -Xmx8g",
            "  NO_COLOR            if set to anything, colors are left out"
        })
public final class BenchmarkCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final ThroughputBenchmark throughput;

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Option(names = "--stacktrace", scope = ScopeType.INHERIT, description = "Prints the stack trace of a failure.")
    private boolean stacktrace;

    @Option(
            names = "--log-file",
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            description = "Keeps the warnings of Kafka and Flink. Default: they are dropped.")
    void setLogFile(Path file) {
        LogFile.named(file, command.commandLine());
    }

    private BenchmarkCommand(Terminal terminal) {
        this.terminal = terminal;
        this.throughput = new ThroughputBenchmark(terminal);
    }

    public static void main(String[] args) {
        System.exit(run(args, Program.terminal()));
    }

    /** Runs a command line in this JVM and returns its exit code; never throws. */
    static int run(String[] args, Terminal terminal) {
        BenchmarkCommand benchmark = new BenchmarkCommand(terminal);
        return new Program(terminal, () -> benchmark.stacktrace).run(benchmark.commandLine(), args);
    }

    /** The command with its subcommands; a new one is added here, its constructor taking what it needs. */
    private CommandLine commandLine() {
        CommandLine benchmark = new CommandLine(this)
                .addSubcommand(new GoalsCommand(terminal))
                .addSubcommand(new LatencyCommand(terminal))
                .addSubcommand(new MemoryCommand(terminal))
                .addSubcommand(new SweepCommand(terminal))
                .addSubcommand(new MicroCommand(terminal))
                .addSubcommand(new RecoveryCommand(terminal))
                .addSubcommand(new DuelCommand(terminal))
                .addSubcommand(new DuelistCommand(terminal))
                .setExecutionStrategy(BenchmarkCommand::execute);
        addHelp(benchmark);
        return benchmark;
    }

    /** An option before a subcommand is the throughput's, and would be silently ignored. */
    private static int execute(ParseResult parsed) {
        if (parsed.hasSubcommand()) {
            parsed.matchedOptions().stream()
                    .filter(option -> option.scopeType() != ScopeType.INHERIT)
                    .findFirst()
                    .ifPresent(option -> {
                        throw new ParameterException(
                                parsed.commandSpec().commandLine(),
                                option.longestName() + " belongs after '"
                                        + parsed.subcommand().commandSpec().name() + "', if it is an option of that");
                    });
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    /** Without a version option: {@code streamq} has that. */
    private static void addHelp(CommandLine command) {
        command.getCommandSpec()
                .addOption(OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Shows this help.")
                        .build());
        command.getSubcommands().values().forEach(BenchmarkCommand::addHelp);
    }

    @Override
    public Integer call() throws Exception {
        return throughput.run();
    }
}

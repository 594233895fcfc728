package io.streamq.cli;

import io.streamq.cli.agents.AgentsCommand;
import io.streamq.cli.cluster.ClusterCommand;
import io.streamq.cli.config.ConfigCommand;
import io.streamq.cli.curve.LearningCurveCommand;
import io.streamq.cli.demo.DemoCommand;
import io.streamq.cli.experiment.ExperimentCommand;
import io.streamq.cli.job.JobCommand;
import io.streamq.cli.policy.PolicyCommand;
import io.streamq.cli.replay.ReplayCommand;
import io.streamq.cli.terminal.Style;
import io.streamq.cli.terminal.Terminal;
import io.streamq.cli.topics.TopicsCommand;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code streamq}. */
@Command(
        name = "streamq",
        description = {
            "Tabular reinforcement learning on a stream: agents' experience comes in through Kafka, a Flink job learns"
                    + " from it, and the greedy policy goes out on a compacted topic that live agents follow."
        },
        synopsisSubcommandLabel = "COMMAND",
        versionProvider = Main.Version.class,
        commandListHeading = "%nCommands:%n",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {ExitCodes.LIST_DONE, ExitCodes.LIST_FAILED, ExitCodes.LIST_USAGE, ExitCodes.LIST_INTERRUPTED},
        footerHeading = "%nEnvironment:%n",
        footer = {
            "  JAVA_HOME           the Java to run with, 17 or newer",
            "  STREAMQ_JAVA_OPTS   further options of that Java, such as -Xmx4g",
            "  NO_COLOR            set to anything, colors are left out"
        })
public final class Main {
    @Option(names = "--stacktrace", scope = ScopeType.INHERIT, description = "Prints the stack trace of a failure.")
    private boolean stacktrace;

    @Option(
            names = "--log-file",
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            description = {
                "Keeps the warnings of Kafka and Flink. By default only job and agents keep them, in",
                LogFile.DEFAULT + " (or $XDG_STATE_HOME)."
            })
    void setLogFile(Path file) {
        LogFile.named(file);
    }

    private final Terminal terminal;

    private Main(Terminal terminal) {
        this.terminal = terminal;
    }

    public static void main(String[] args) {
        System.exit(run(args, writer(FileDescriptor.out), writer(FileDescriptor.err)));
    }

    /** UTF-8 whatever the locale: the bars and the tables are made of it. */
    private static PrintWriter writer(FileDescriptor descriptor) {
        return new PrintWriter(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
    }

    /** Runs a command line in this JVM and returns its exit code; never throws. */
    public static int run(String[] args, PrintWriter out, PrintWriter err) {
        int exitCode = new Main(Terminal.of(out, err)).commandLine().execute(args);
        out.flush();
        err.flush();
        return exitCode;
    }

    /** All commands: one that comes along is added here, its constructor taking what it needs. */
    private CommandLine commandLine() {
        CommandLine streamq = new CommandLine(this)
                .addSubcommand(new DemoCommand(terminal))
                .addSubcommand(new LearningCurveCommand(terminal))
                .addSubcommand(new ExperimentCommand(terminal))
                .addSubcommand(new JobCommand(terminal))
                .addSubcommand(new AgentsCommand(terminal))
                .addSubcommand(TopicsCommand.on(terminal))
                .addSubcommand(new ReplayCommand(terminal))
                .addSubcommand(new PolicyCommand(terminal))
                .addSubcommand(ConfigCommand.on(terminal))
                .addSubcommand(ClusterCommand.on(terminal))
                .setOut(terminal.out())
                .setErr(terminal.err())
                .setColorScheme(CommandLine.Help.defaultColorScheme(
                        terminal.isColored() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF))
                .setUsageHelpWidth(Math.max(80, Math.min(terminal.columns(), 120)))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((failure, args) -> reportUsage(failure))
                .setExecutionExceptionHandler((failure, command, parsed) -> report(failure));
        unify(streamq);
        return streamq;
    }

    /** What every command has, so that none forgets it. */
    private static void unify(CommandLine command) {
        command.getCommandSpec()
                .mixinStandardHelpOptions(true)
                .usageMessage()
                .sortOptions(false)
                .sortSynopsis(false)
                .abbreviateSynopsis(true)
                .descriptionHeading("%n")
                .parameterListHeading("%nParameters:%n")
                .optionListHeading("%nOptions:%n");
        command.getSubcommands().values().forEach(Main::unify);
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
        if (failure instanceof InterruptedException || failure.getCause() instanceof InterruptedException) {
            return ExitCodes.INTERRUPTED;
        }
        if (failure instanceof CommandFailure) {
            complain(failure.getMessage());
        } else {
            LoggerFactory.getLogger(Main.class).error("a command failed unexpectedly", failure);
            String log = LogFile.path();
            complain("this should not have happened: " + failure + "; "
                    + (log == null
                            ? "run it again with --stacktrace, or with --log-file FILE, to see more"
                            : "the details are in " + log));
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

    /** The version in the manifest of the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {
                "streamq " + (version == null ? "(not packaged)" : version),
                "Java " + System.getProperty("java.version")
            };
        }
    }
}

package io.streamq.cli;

import io.streamq.cli.agents.AgentsCommand;
import io.streamq.cli.cluster.ClusterCommand;
import io.streamq.cli.config.ConfigCommand;
import io.streamq.cli.curve.LearningCurveCommand;
import io.streamq.cli.demo.DemoCommand;
import io.streamq.cli.experiment.ExperimentCommand;
import io.streamq.cli.job.JobCommand;
import io.streamq.cli.policy.PolicyCommand;
import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.program.LogFile;
import io.streamq.cli.program.Program;
import io.streamq.cli.replay.ReplayCommand;
import io.streamq.cli.terminal.Terminal;
import io.streamq.cli.topics.TopicsCommand;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

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
            "  STREAMQ_JAVA_OPTS   further options of the JVM, such as -Xmx4g",
            "  NO_COLOR            if set to anything, colors are left out"
        })
public final class Main {
    @Spec
    private CommandSpec command = CommandSpec.create();

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
        LogFile.named(file, command.commandLine());
    }

    private final Terminal terminal;

    private Main(Terminal terminal) {
        this.terminal = terminal;
    }

    public static void main(String[] args) {
        System.exit(run(args, Program.terminal()));
    }

    /** Runs a command line in this JVM and returns its exit code; never throws. */
    public static int run(String[] args, PrintWriter out, PrintWriter err) {
        return run(args, Terminal.of(out, err));
    }

    private static int run(String[] args, Terminal terminal) {
        Main main = new Main(terminal);
        return new Program(terminal, () -> main.stacktrace).run(main.commandLine(), args);
    }

    static CommandLine commandLine(Terminal terminal) {
        return new Main(terminal).commandLine();
    }

    /** All commands; a new one is added here, its constructor taking what it needs. */
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
                .addSubcommand(ClusterCommand.on(terminal));
        addHelp(streamq);
        return streamq;
    }

    private static void addHelp(CommandLine command) {
        command.getCommandSpec().mixinStandardHelpOptions(true);
        command.getSubcommands().values().forEach(Main::addHelp);
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

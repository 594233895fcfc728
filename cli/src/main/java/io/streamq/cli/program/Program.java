package io.streamq.cli.program;

import io.streamq.cli.terminal.Style;
import io.streamq.cli.terminal.Terminal;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What StreamQ's programs share around their commands: uniform help, and one-sentence messages for errors. */
public final class Program {
    /** Bits of a POSIX file mode. */
    private static final int FILE_TYPE = 0170000;

    private static final int PIPE = 0010000;
    private static final int SOCKET = 0140000;

    private final Terminal terminal;
    private final BooleanSupplier wantsTraces;

    /** @param wantsTraces whether {@code --stacktrace} was given; asked when something has failed */
    public Program(Terminal terminal, BooleanSupplier wantsTraces) {
        this.terminal = terminal;
        this.wantsTraces = wantsTraces;
    }

    /** The terminal of this process, UTF-8 whatever the locale: bars and tables need it. */
    public static Terminal terminal() {
        return Terminal.of(writer(FileDescriptor.out), writer(FileDescriptor.err));
    }

    private static PrintWriter writer(FileDescriptor descriptor) {
        return new PrintWriter(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
    }

    /** Runs a command line with all subcommands in this JVM and returns its exit code; never throws. */
    public int run(CommandLine commands, String[] args) {
        commands.setOut(terminal.out())
                .setErr(terminal.err())
                .setColorScheme(CommandLine.Help.defaultColorScheme(
                        terminal.isColored() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF))
                .setUsageHelpWidth(Math.max(80, Math.min(terminal.columns(), 120)))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((failure, unused) -> reportUsage(failure))
                .setExecutionExceptionHandler((failure, command, parsed) -> report(failure));
        unify(commands);
        int exitCode = execute(commands, args);
        // A reader that closed the pipe, such as head, has seen enough.
        boolean resultsAreLost = terminal.out().checkError() && !standardOutputIsAPipe();
        if (resultsAreLost) {
            complain("standard output could not be written: is the disk full?");
        }
        terminal.err().flush();
        return resultsAreLost && exitCode == ExitCodes.DONE ? ExitCodes.FAILED : exitCode;
    }

    private int execute(CommandLine commands, String[] args) {
        try {
            return commands.execute(args);
        } catch (OutOfMemoryError e) { // caught here, where what the command held has been let go
            return report(e);
        }
    }

    private int report(OutOfMemoryError failure) {
        complain("out of memory (" + failure.getMessage() + "); give it more with STREAMQ_JAVA_OPTS=-Xmx8g");
        printTrace(failure);
        return ExitCodes.FAILED;
    }

    /** Java tells a closed pipe from a full disk only by a message, which is localized. */
    private static boolean standardOutputIsAPipe() {
        try {
            int mode = (int) Files.getAttribute(Path.of("/dev/stdout"), "unix:mode");
            int type = mode & FILE_TYPE;
            return type == PIPE || type == SOCKET;
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /** The common layout of every help. */
    private static void unify(CommandLine command) {
        command.getCommandSpec()
                .usageMessage()
                .sortOptions(false)
                .sortSynopsis(false)
                .abbreviateSynopsis(true)
                .descriptionHeading("%n")
                .parameterListHeading("%nParameters:%n")
                .optionListHeading("%nOptions:%n");
        command.getSubcommands().values().forEach(Program::unify);
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
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof OutOfMemoryError error) {
                return report(error);
            }
        }
        if (failure instanceof CommandFailure) {
            complain(failure.getMessage());
        } else {
            LoggerFactory.getLogger(Program.class).error("a command failed unexpectedly", failure);
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

    private void printTrace(Throwable failure) {
        if (wantsTraces.getAsBoolean()) {
            failure.printStackTrace(terminal.err());
        }
    }
}

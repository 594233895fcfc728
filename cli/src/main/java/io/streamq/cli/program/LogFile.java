package io.streamq.cli.program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * Where the warnings of Kafka and Flink go. Must be set before anything logs: the logging configuration is then read, and reads
 * these properties.
 */
public final class LogFile {
    /** The default file of commands that have one, as the help shows it. */
    public static final String DEFAULT = "~/.local/state/streamq/COMMAND.log";

    private static final String PATH = "streamq.log";
    private static final String APPENDER = "streamq.log.appender";
    private static final String LIMIT = "streamq.log.limit";

    private LogFile() {}

    /**
     * Logs to this file, of any size; for the option {@code --log-file}.
     *
     * @param command that has the option
     * @throws ParameterException if it cannot be written to
     */
    public static void named(Path file, CommandLine command) {
        if (!canBeWrittenTo(file)) {
            throw new ParameterException(
                    command, "--log-file must be a file that can be written to: got '" + file + "'");
        }
        System.setProperty(PATH, file.toString());
        System.setProperty(APPENDER, "file");
    }

    /**
     * Logs to a file of limited size in the user's state folder, unless {@code --log-file} named one; for long-running, unattended
     * commands.
     *
     * @param command names the file
     * @return a phrase that says where to
     */
    public static String ofLongRun(String command) {
        String named = path();
        if (named == null) {
            Path file = folder().resolve(command + ".log");
            if (!canBeWrittenTo(file)) {
                return "warnings are dropped, as " + file + " cannot be written to";
            }
            named = file.toString();
            System.setProperty(PATH, named);
            System.setProperty(APPENDER, "file");
            System.setProperty(LIMIT, "5 MB");
        }
        return "warnings go to " + named;
    }

    /** Options of another Java that should log to the same file. */
    public static List<String> properties() {
        return Stream.of(PATH, APPENDER, LIMIT)
                .filter(name -> System.getProperty(name) != null)
                .map(name -> "-D" + name + "=" + System.getProperty(name))
                .toList();
    }

    /** Arguments of another command that should log to the same file. */
    public static List<String> arguments() {
        String named = path();
        return named == null
                ? List.of()
                : List.of("--log-file", Path.of(named).toAbsolutePath().toString());
    }

    /** Whether an option of Java is one of {@link #properties}. */
    public static boolean isProperty(String option) {
        return Stream.of(PATH, APPENDER, LIMIT).anyMatch(name -> option.startsWith("-D" + name + "="));
    }

    /** Where they go; {@code null} if they are dropped. */
    static @Nullable String path() {
        return System.getProperty(PATH);
    }

    /** By the XDG base directory specification. */
    private static Path folder() {
        String states = System.getenv("XDG_STATE_HOME");
        return states == null || !Path.of(states).isAbsolute()
                ? Path.of(System.getProperty("user.home"), ".local", "state", "streamq")
                : Path.of(states, "streamq");
    }

    /**
     * Creates its folder and a temporary file in it, as permissions do not tell all: they allow root everything, yet not even root
     * can create a folder in /proc. The first warning creates the file itself.
     */
    static boolean canBeWrittenTo(Path file) {
        if (Files.exists(file)) {
            return !Files.isDirectory(file) && Files.isWritable(file);
        }
        try {
            Path folder = Files.createDirectories(file.toAbsolutePath().getParent());
            Files.delete(Files.createTempFile(folder, "streamq", ".tmp"));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}

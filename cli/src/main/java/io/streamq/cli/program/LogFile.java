package io.streamq.cli.program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * Where the warnings of Kafka and Flink go. Whatever is to count must be said before anything logs: the logging configuration is
 * read then, and reads what is said here.
 */
public final class LogFile {
    /** How the help names the file of a command that has one by default. */
    public static final String DEFAULT = "~/.local/state/streamq/COMMAND.log";

    private static final String PATH = "streamq.log";
    private static final String APPENDER = "streamq.log.appender";
    private static final String LIMIT = "streamq.log.limit";

    private LogFile() {}

    /**
     * To this file, however large it gets; for the option {@code --log-file}.
     *
     * @param command who has the option
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
     * To a file of limited size in the user's folder of states, unless {@code --log-file} named one; for commands that run for long
     * with nobody looking.
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
     * Makes the folder that it lies in, and something in there, as permissions do not tell all: root may do all by them, and still
     * nobody makes a folder in /proc. The file itself is left to the first warning.
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

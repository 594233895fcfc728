package io.streamq.cli.program;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

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

    /** To this file, however large it gets. */
    public static void named(Path file) {
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
            Path folder = folder();
            if (!canBeWrittenTo(folder)) {
                return "warnings are dropped, as " + folder + " cannot be written to";
            }
            named = folder.resolve(command + ".log").toString();
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

    private static boolean canBeWrittenTo(Path folder) {
        Path existing = folder.toAbsolutePath();
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        return existing != null && Files.isDirectory(existing) && Files.isWritable(existing);
    }
}

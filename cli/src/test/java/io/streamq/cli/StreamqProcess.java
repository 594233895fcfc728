package io.streamq.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code ./streamq} as a user starts it: the launcher, in a process of its own, without a terminal. */
public final class StreamqProcess implements AutoCloseable {
    private final Process process;
    private final Path out;
    private final Path err;

    private StreamqProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /**
     * Starts a command line.
     *
     * @param folder for its output and its temporary files
     */
    public static StreamqProcess start(Path folder, String... arguments) throws IOException {
        return start(folder, "../streamq", List.of(arguments));
    }

    /** Starts another program with these arguments, as {@link #start(Path, String...)} starts the command. */
    public static StreamqProcess start(Path folder, String program, List<String> arguments) throws IOException {
        Path temporary = Files.createDirectories(temporaryFiles(folder));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        List<String> command = new ArrayList<>(listeningToInterrupts());
        command.add(program);
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment()
                .put("XDG_STATE_HOME", states(folder).toAbsolutePath().toString());
        builder.environment().put("STREAMQ_JAVA_OPTS", "-Djava.io.tmpdir=" + temporary + " " + javaOptions());
        return new StreamqProcess(builder.start(), out, err);
    }

    /** Options of the Java of all processes that tests start, as the build says. */
    public static String javaOptions() {
        return System.getProperty("streamq.process.java.opts", "");
    }

    /** A shell that runs a build in the background has it ignore SIGINT, and so would all that the build starts. */
    private static List<String> listeningToInterrupts() throws IOException {
        List<String> reset = List.of("env", "--default-signal=INT");
        List<String> probe = new ArrayList<>(reset);
        probe.add("true");
        try {
            return new ProcessBuilder(probe).start().waitFor() == 0 ? reset : List.of();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Where a process started in {@code folder} may put what it does not need later. */
    public static Path temporaryFiles(Path folder) {
        return folder.resolve("tmp");
    }

    /** Where one started in {@code folder} keeps its logs. */
    public static Path states(Path folder) {
        return folder.resolve("state");
    }

    public int awaitExit(Duration atMost) throws InterruptedException {
        if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("still running after " + atMost);
        }
        return process.exitValue();
    }

    /** What Ctrl-C does. */
    public void interrupt() throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
    }

    public String out() {
        return read(out);
    }

    public String err() {
        return read(err);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    public long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}

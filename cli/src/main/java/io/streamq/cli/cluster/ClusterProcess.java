package io.streamq.cli.cluster;

import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.program.ProcStat;
import io.streamq.cli.program.ProcessState;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One process of a cluster. Its file holds the process id and start time: a later process that reuses the id is not ours. Where the
 * system provides it, the time counts from boot, since clocks get adjusted.
 */
final class ClusterProcess {
    private static final Duration POLL = Duration.ofMillis(50);

    /**
     * Let a process survive the terminal's end, and Ctrl-C in the script that started it; the first one installed is
     * used.
     */
    private static final List<String> DETACHERS = List.of("setsid", "nohup");

    /**
     * The content of the file.
     *
     * @param started when it started, in a form that tells processes of one id apart
     * @param id Flink's name for it, a new one at each start
     */
    record Identity(long pid, String started, String id) {}

    private final String name;
    private final ClusterFolder folder;

    ClusterProcess(String name, ClusterFolder folder) {
        this.name = name;
        this.folder = folder;
    }

    String name() {
        return name;
    }

    /** What Flink or Kafka logs. */
    Path log() {
        return folder.logs().resolve(name + ".log");
    }

    /** What the JVM prints when it cannot start or must give up. */
    Path output() {
        return folder.logs().resolve(name + ".out");
    }

    private Path file() {
        return folder.processes().resolve(name + ".json");
    }

    /** The process, if it runs. */
    Optional<ProcessHandle> running() {
        return JsonFile.read(file(), Identity.class)
                .flatMap(identity -> ProcessHandle.of(identity.pid).filter(process -> isTheSame(process, identity)))
                .filter(ProcessState::isRunning);
    }

    private static boolean isTheSame(ProcessHandle process, Identity identity) {
        return started(process).equals(identity.started);
    }

    static String started(ProcessHandle process) {
        return ProcStat.of(process)
                .map(ProcStat::startTicks)
                .orElseGet(() ->
                        process.info().startInstant().map(Instant::toString).orElse(""));
    }

    /** Flink's name for the process, if it runs. */
    Optional<String> id() {
        return running()
                .flatMap(process -> JsonFile.read(file(), Identity.class))
                .map(Identity::id);
    }

    /**
     * Starts a JVM.
     *
     * @param id Flink's name for it
     */
    void start(String id, List<String> javaArguments) {
        List<String> command = new ArrayList<>();
        detacher().ifPresent(command::add);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(javaArguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.root().toFile())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(output().toFile());
        try {
            ProcessHandle process = builder.start().toHandle();
            JsonFile.write(file(), new Identity(process.pid(), started(process), id));
        } catch (IOException e) {
            throw new CommandFailure("the " + name + " cannot be started (" + e.getMessage() + ")", e);
        }
    }

    private static Optional<String> detacher() {
        return DETACHERS.stream()
                .flatMap(tool -> Stream.of("/usr/bin", "/bin").map(place -> Path.of(place, tool)))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    void askToEnd() {
        running().ifPresent(ProcessHandle::destroy);
    }

    /**
     * Waits until the process has ended, and kills it if that takes too long.
     *
     * @return whether it had to be killed
     */
    boolean awaitEnd(Duration patience) throws InterruptedException {
        boolean forced = !endsWithin(patience);
        if (forced) {
            running().ifPresent(ProcessHandle::destroyForcibly);
            if (!endsWithin(patience)) {
                throw new CommandFailure(
                        "the " + name + " does not end even when killed; its process id is in " + file());
            }
        }
        forget();
        return forced;
    }

    private boolean endsWithin(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (running().isPresent()) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            Thread.sleep(POLL.toMillis());
        }
        return true;
    }

    private void forget() {
        try {
            Files.deleteIfExists(file());
        } catch (IOException e) {
            throw new CommandFailure("the file cannot be removed: " + file() + " (" + e + ")", e);
        }
    }

    /**
     * Fails if the process has ended, quoting its last error.
     *
     * @throws CommandFailure if it has
     */
    void requireRunning() {
        if (running().isEmpty()) {
            throw new CommandFailure("the " + name + " has ended by itself"
                    + lastWords().map(words -> " (" + words + ")").orElse("") + "; see " + log() + " and " + output());
        }
    }

    /** The output is of this start only; the log may hold errors of earlier ones. */
    private Optional<String> lastWords() {
        return Stream.of(log(), output())
                .flatMap(file -> lines(file).stream())
                .filter(line -> isComplaint(line.toLowerCase(Locale.ROOT)))
                .reduce((earlier, later) -> later)
                .map(String::strip);
    }

    /** A stopping broker logs exceptions at level INFO. */
    private static boolean isComplaint(String line) {
        return !line.contains(" info ")
                && (line.contains("error") || line.startsWith("caused by") || line.contains("exception"));
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (IOException notWrittenYet) {
            return List.of();
        }
    }
}

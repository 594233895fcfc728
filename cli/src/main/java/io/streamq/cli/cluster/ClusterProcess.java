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
 * One process of a cluster. Its file tells the process id, and when the process started: a process that was given the same id
 * later is another one and none of ours. Where the system tells it, the time is counted from when the machine started: clocks are set.
 */
final class ClusterProcess {
    private static final Duration POLL = Duration.ofMillis(50);

    /** Lets a process outlive the terminal, and Ctrl-C in the script that started it. The first that is there. */
    private static final List<String> DETACHERS = List.of("setsid", "nohup");

    /**
     * The content of the file.
     *
     * @param started when, as far as it tells processes of one id apart
     * @param id what Flink calls it, another one at each start
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

    /** What the JVM says when it cannot start or has to give up. */
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

    /** What Flink calls the process, if it runs. */
    Optional<String> id() {
        return running()
                .flatMap(process -> JsonFile.read(file(), Identity.class))
                .map(Identity::id);
    }

    /**
     * Starts a JVM.
     *
     * @param id what Flink is told to call it
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
     * Waits until the process has ended, and makes it end if it takes its time.
     *
     * @return whether it had to be made to
     */
    boolean awaitEnd(Duration patience) throws InterruptedException {
        boolean forced = !endsWithin(patience);
        if (forced) {
            running().ifPresent(ProcessHandle::destroyForcibly);
            if (!endsWithin(patience)) {
                throw new CommandFailure(
                        "the " + name + " does not end, not even when killed; see its process id in " + file());
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
     * Fails if the process has ended, with what it said last.
     *
     * @throws CommandFailure if it has
     */
    void requireRunning() {
        if (running().isEmpty()) {
            throw new CommandFailure("the " + name + " has ended by itself"
                    + lastWords().map(words -> " (" + words + ")").orElse("") + "; see " + log() + " and " + output());
        }
    }

    /** The output is of this start, the log may hold complaints of earlier ones. */
    private Optional<String> lastWords() {
        return Stream.of(log(), output())
                .flatMap(file -> lines(file).stream())
                .filter(line -> isComplaint(line.toLowerCase(Locale.ROOT)))
                .reduce((earlier, later) -> later)
                .map(String::strip);
    }

    /** Brokers that are stopped mention exceptions for information. */
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

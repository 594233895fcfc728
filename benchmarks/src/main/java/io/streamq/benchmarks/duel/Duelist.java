package io.streamq.benchmarks.duel;

import io.streamq.benchmarks.contest.Setting;
import io.streamq.benchmarks.contest.Who;
import io.streamq.benchmarks.processes.LastMoments;
import io.streamq.benchmarks.processes.ThisJava;
import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.program.LogFile;
import io.streamq.cli.terminal.Quantities;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The handle of one side of a duel, whose processes are paused except during its turns. */
final class Duelist implements AutoCloseable {
    /** From the start of a turn until its caches are warm again and overdue work is done. */
    private static final Duration SETTLING = Duration.ofMillis(200);

    /** At a turn, since a job may happen to end within one. */
    private static final int ATTEMPTS = 20;

    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /**
     * The identity of a side.
     *
     * @param name its name in tables
     * @param folder of the checkout whose code it runs; {@code null} for this one
     */
    record Identity(String name, Who who, @Nullable Path folder) {}

    /**
     * A turn.
     *
     * @param job which of its side's jobs learnt in it, from 0
     */
    record Turn(long job, long experiences, long nanos, long cpuNanos) {
        double perSecond() {
            return experiences * 1e9 / nanos;
        }

        double cpuNanosPerExperience() {
            return (double) cpuNanos / experiences;
        }
    }

    private final String name;
    private final Setting setting;
    private final Path complaints;
    private final Process process;
    private final BufferedReader answers;
    private final Writer questions;
    private List<ProcessHandle> processes;
    private boolean begun;

    private Duelist(String name, Setting setting, List<String> command, Path complaints) throws IOException {
        this.name = name;
        this.setting = setting;
        this.complaints = complaints;
        this.process =
                new ProcessBuilder(command).redirectError(complaints.toFile()).start();
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.questions = process.outputWriter(StandardCharsets.UTF_8);
        this.processes = List.of(process.toHandle());
    }

    /**
     * Starts one, which publishes its experiences.
     *
     * @param complaints file for its standard error
     * @return once it is ready and waits for its first turn
     */
    static Duelist start(Identity identity, Setting setting, Path complaints) throws IOException, InterruptedException {
        return start(identity.name(), setting, command(identity, setting), complaints);
    }

    /** Starts a command that answers as {@link DuelistCommand} does. */
    static Duelist start(String name, Setting setting, List<String> command, Path complaints)
            throws IOException, InterruptedException {
        Duelist duelist = new Duelist(name, setting, command, complaints);
        try {
            duelist.awaitLine();
            duelist.processes = Stream.of(duelist.answer(DuelistCommand.READY).split(" "))
                    .map(pid -> ProcessHandle.of(Long.parseLong(pid)).orElseThrow())
                    .toList();
            return duelist;
        } catch (RuntimeException | InterruptedException e) {
            duelist.letGo();
            // It reads no input before it is ready, so it would otherwise publish to the end.
            duelist.process.destroy();
            duelist.close();
            throw e;
        }
    }

    private static List<String> command(Identity identity, Setting setting) {
        List<String> command = new ArrayList<>();
        Path folder = identity.folder();
        if (folder == null) {
            command.addAll(ThisJava.benchmark());
        } else {
            command.addAll(List.of(folder.resolve("streamq").toAbsolutePath().toString(), "benchmark"));
            command.addAll(LogFile.arguments());
        }
        command.addAll(List.of(DuelistCommand.NAME, identity.who().name(), DuelistCommand.json(setting)));
        return command;
    }

    /** Lets it run for {@code length} within one job; longer if a job starts or ends meanwhile. */
    Turn turn(Duration length) throws InterruptedException {
        signal("CONT");
        if (!begun) {
            ask(DuelistCommand.BEGIN);
            begun = true;
        }
        Thread.sleep(SETTLING.toMillis());
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            awaitTimedPart();
            Turn turn = inOneJob(length);
            if (turn != null) {
                pause();
                return turn;
            }
        }
        throw new CommandFailure("'" + name + "' learnt all of " + Quantities.count(setting.experiences(), "experience")
                + " within each of " + ATTEMPTS + " turns of " + Quantities.duration(length)
                + ": publish more with --experiences, or lower --seconds");
    }

    private void awaitTimedPart() throws InterruptedException {
        while (learnt() % setting.experiences() < setting.experiences() * setting.skippedPercent() / 100) {
            Thread.sleep(POLL.toMillis());
        }
    }

    private @Nullable Turn inOneJob(Duration length) throws InterruptedException {
        long learntBefore = learnt();
        long cpuBefore = cpuNanos();
        long start = System.nanoTime();
        Thread.sleep(length.toMillis());
        long learnt = learnt();
        long job = learntBefore / setting.experiences();
        Turn turn = new Turn(job, learnt - learntBefore, System.nanoTime() - start, cpuNanos() - cpuBefore);
        boolean sameJob = learnt / setting.experiences() == job;
        return sameJob && learnt > learntBefore ? turn : null;
    }

    private long learnt() {
        ask(DuelistCommand.LEARNT);
        return Long.parseLong(answer(DuelistCommand.LEARNT));
    }

    private long cpuNanos() {
        return processes.stream()
                .mapToLong(each ->
                        each.info().totalCpuDuration().orElse(Duration.ZERO).toNanos())
                .sum();
    }

    /** Pauses all its processes. */
    void pause() {
        signal("STOP");
    }

    /** Lets it learn to the end of its topic, without waiting. */
    void end() {
        signal("CONT");
        ask(DuelistCommand.END);
    }

    /** Waits until it has learnt to the end; fails if its table is wrong. */
    void awaitEnd() throws InterruptedException {
        awaitLine();
        String unused = answer(DuelistCommand.END);
    }

    /** Waits for its next line or its end. For answers that take long: unlike reading, it can be interrupted. */
    private void awaitLine() throws InterruptedException {
        try {
            while (!answers.ready() && process.isAlive()) {
                Thread.sleep(POLL.toMillis());
            }
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private void ask(String question) {
        try {
            questions.write(question + "\n");
            questions.flush();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** The rest of its next answer after the first word. */
    private String answer(String firstWord) {
        try {
            String line = answers.readLine();
            if (line == null || !line.startsWith(firstWord)) {
                throw failure(null);
            }
            return line.substring(firstWord.length()).strip();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private CommandFailure failure(@Nullable IOException cause) {
        String words;
        try {
            words = Files.readString(complaints).strip();
        } catch (IOException e) {
            words = "";
        }
        return new CommandFailure(
                "the process of '" + name + "' no longer answers" + (words.isEmpty() ? "" : ", and says: " + words),
                cause);
    }

    /** Sends a signal to all its processes. */
    private void signal(String signal) {
        List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
        processes.stream().filter(ProcessHandle::isAlive).forEach(each -> command.add("" + each.pid()));
        if (command.size() == 2) {
            return;
        }
        try {
            Process kill = new ProcessBuilder(command).redirectErrorStream(true).start();
            if (kill.waitFor() != 0 && process.isAlive()) {
                throw new CommandFailure("'" + String.join(" ", command) + "' failed: "
                        + new String(kill.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
            }
        } catch (IOException e) {
            throw new CommandFailure("a duel needs the command 'kill' to let its sides take turns (" + e + ")", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted between two turns", e);
        }
    }

    /**
     * Resumes its processes and closes their input, whatever their state: it then closes its broker and cluster, and ends. Does not
     * wait, so that in a failed duel no side stays paused while another ends.
     */
    void letGo() {
        // An interrupted thread cannot wait for the command that sends signals.
        boolean interrupted = Thread.interrupted();
        try {
            signal("CONT");
        } catch (CommandFailure whatDoesNotGoOnIsDestroyed) {
            interrupted |= Thread.interrupted();
        }
        try {
            questions.close();
        } catch (IOException itHasEndedAlready) {
            // Then there is nothing to close.
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until it has ended after {@link #letGo}, and kills what is left of its processes: a cluster outlives its starter. */
    @Override
    public void close() {
        LastMoments.await(process, PATIENCE);
        processes.forEach(ProcessHandle::destroyForcibly);
    }
}

package io.streamq.benchmarks.goals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamq.benchmarks.processes.ThisJava;
import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.program.TemporaryFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A benchmark in a Java of its own, which nothing before it has warmed up or filled. */
final class OwnJava {
    private static final String TABLE = "table.txt";

    private static final Duration POLL = Duration.ofMillis(200);
    /** For what has a broker and a cluster to close. */
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private OwnJava() {}

    /**
     * Runs one to its end.
     *
     * @param folder of what it prints and writes
     * @param progress is told what it says of its own
     * @return its outcome, as a program reads it
     */
    static JsonNode outcome(Part part, boolean quick, Path folder, Consumer<String> progress)
            throws IOException, InterruptedException {
        Files.createDirectories(folder);
        try (TemporaryFolder work = TemporaryFolder.create("streamq-goals")) {
            Path err = work.path().resolve("err");
            Process process = new ProcessBuilder(command(part, quick, folder))
                    .redirectOutput(folder.resolve(TABLE).toFile())
                    .redirectError(err.toFile())
                    .start();
            try {
                while (!process.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
                    progress.accept(lastLine(err));
                }
            } finally {
                end(process);
            }
            if (process.exitValue() != 0) {
                throw new CommandFailure("'" + part.command(quick) + "' ended with exit code " + process.exitValue()
                        + " and says: " + Files.readString(err).strip());
            }
            return new ObjectMapper().readTree(folder.resolve(part.outcome()).toFile());
        }
    }

    private static List<String> command(Part part, boolean quick, Path folder) {
        List<String> command = new ArrayList<>(ThisJava.benchmark(part.java()));
        command.addAll(part.arguments(quick));
        command.addAll(List.of("--out", folder.toString()));
        return command;
    }

    private static String lastLine(Path file) throws IOException {
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8).strip();
        return text.substring(text.lastIndexOf('\n') + 1);
    }

    /** Lets it close its broker and its cluster if it has not ended: this one was interrupted then. */
    private static void end(Process process) {
        process.destroy();
        boolean interrupted = Thread.interrupted();
        try {
            boolean unused = process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        process.destroyForcibly();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.streamq.benchmarks.goals;

import io.streamq.benchmarks.processes.LastMoments;
import io.streamq.cli.program.CommandFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A process that writes to a folder of its own what it prints and what it says of its progress. */
final class PartProcess {
    private static final String PRINTED = "table.txt";
    private static final String SAID = "progress.txt";
    /** What is left in the folder by an earlier run would be taken for this one's. */
    private static final List<String> WRITTEN = List.of(".json", ".svg", ".txt");

    private static final Duration POLL = Duration.ofMillis(200);
    /** For what has a broker and a cluster to close. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final int LAST_WORDS = 5;

    private PartProcess() {}

    /**
     * Runs one to its end.
     *
     * @param folder made if there is none; what an earlier one wrote there is removed
     * @param progress is told what it says last
     * @throws CommandFailure if it fails, with its last words
     */
    static void run(List<String> command, Path folder, Consumer<String> progress)
            throws IOException, InterruptedException {
        clear(folder);
        Path said = folder.resolve(SAID);
        Process process = new ProcessBuilder(command)
                .redirectOutput(folder.resolve(PRINTED).toFile())
                .redirectError(said.toFile())
                .start();
        try {
            while (!process.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
                progress.accept(lastLines(said, 1));
            }
        } finally {
            // Which it has, unless this thread was interrupted: it closes its broker and its cluster then.
            process.destroy();
            LastMoments.await(process, PATIENCE);
        }
        if (process.exitValue() != 0) {
            throw new CommandFailure(
                    "exit code " + process.exitValue() + ", and in " + said + ": " + lastLines(said, LAST_WORDS));
        }
    }

    private static void clear(Path folder) throws IOException {
        Files.createDirectories(folder);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                if (WRITTEN.stream().anyMatch(file.toString()::endsWith)) {
                    Files.delete(file);
                }
            }
        }
    }

    private static String lastLines(Path file, int count) throws IOException {
        // A character may be half written.
        List<String> lines = new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
        return lines.stream().skip(Math.max(0, lines.size() - count)).collect(Collectors.joining(" | "));
    }
}

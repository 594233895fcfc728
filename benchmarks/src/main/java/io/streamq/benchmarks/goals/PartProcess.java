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

/** A process whose output and progress messages are written to a folder of its own. */
final class PartProcess {
    private static final String PRINTED = "table.txt";
    private static final String SAID = "progress.txt";
    /** Files of an earlier run in the folder would be taken for this one's. */
    private static final List<String> WRITTEN = List.of(".json", ".svg", ".txt");

    private static final Duration POLL = Duration.ofMillis(200);
    /** For a process with a broker and a cluster to close. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final int LAST_WORDS = 5;

    private PartProcess() {}

    /**
     * Runs one to its end.
     *
     * @param folder created if missing; what an earlier run wrote there is removed
     * @param progress is told its latest message
     * @throws CommandFailure if it fails, with its last messages
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
            // It has ended already unless this thread was interrupted; then it closes its broker and cluster.
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
        // A character may be partly written.
        List<String> lines = new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
        return lines.stream().skip(Math.max(0, lines.size() - count)).collect(Collectors.joining(" | "));
    }
}

package io.streamq.cli.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamq.cli.Invocation;
import io.streamq.cli.program.ExitCodes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that wait for what the job counts, when Flink restarts it. */
class RestartKafkaITCase {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "learning-curve --world grid --size 3x3 --seeds 1 --experiences 1000000 --out OUT/curve.svg",
                "demo --replay ../examples/frozen-lake-4x4.csv.gz",
                "experiment algorithms --seeds 1 --out OUT"
            })
    void aRestartOfTheJobEndsTheCommandWithASentence(String command) throws Exception {
        String[] arguments = command.replace("OUT", folder.toString()).split(" ");
        CompletableFuture<Invocation> run = CompletableFuture.supplyAsync(() -> Invocation.of(arguments));
        await().atMost(PATIENCE).until(() -> taskOfLearn().isPresent());
        // A task that is interrupted and was not cancelled has failed.
        taskOfLearn().ifPresent(Thread::interrupt);

        Invocation ended = run.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(ended.exitCode()).as(ended.out()).isEqualTo(ExitCodes.FAILED);
        assertThat(ended.err()).contains("the job restarted", "run the command again");
    }

    private static Optional<Thread> taskOfLearn() {
        return Stream.of(Thread.getAllStackTraces().keySet().toArray(Thread[]::new))
                .filter(thread -> thread.getName().startsWith("learn"))
                .findAny();
    }
}

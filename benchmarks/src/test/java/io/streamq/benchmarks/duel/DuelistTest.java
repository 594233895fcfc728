package io.streamq.benchmarks.duel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import io.streamq.benchmarks.contest.Setting;
import io.streamq.benchmarks.contest.StateBackend;
import io.streamq.benchmarks.workload.Skew;
import io.streamq.cli.program.ProcessState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A side of two processes, the first of which answers and ends when it is asked no more; the second would go on. */
class DuelistTest {
    private static final String SIDE =
            "sleep 600 >/dev/null 2>&1 & echo $! >second; echo ready $$ $!; cat >/dev/null; touch ended";
    private static final Setting SETTING =
            new Setting(10, 1, 1, 8, Skew.UNIFORM, 1, StateBackend.HASHMAP, 0, 64, Map.of(), 10, 0);

    @TempDir
    private Path folder;

    private ProcessHandle second;

    private Duelist start() throws IOException {
        List<String> command = List.of("sh", "-c", "cd " + folder + "; " + SIDE);
        Duelist side = Duelist.start("it", SETTING, command, folder.resolve("complaints"));
        second = ProcessHandle.of(Long.parseLong(
                        Files.readString(folder.resolve("second")).strip()))
                .orElseThrow();
        return side;
    }

    @AfterEach
    void endWhatIsLeft() {
        second.destroyForcibly();
    }

    @Test
    void aSideThatIsLetGoDoesNotStandStillUntilItIsWaitedFor() throws IOException {
        try (Duelist side = start()) {
            side.pause();
            side.letGo();
            await().until(() -> Files.exists(folder.resolve("ended")));
        }
        await().until(() -> !ProcessState.isRunning(second));
    }

    @Test
    void noProcessOfASideIsLeftStandingStillOnceItsFirstOneIsGone() throws IOException {
        Duelist side = start();
        ProcessHandle first = second.parent().orElseThrow();
        side.pause();
        first.destroyForcibly();
        await().until(() -> !ProcessState.isRunning(first));

        assertThatCode(() -> {
                    side.letGo();
                    side.close();
                })
                .doesNotThrowAnyException();
        await().until(() -> !ProcessState.isRunning(second));
    }

    @Test
    void anInterruptedThreadEndsASideAndStaysInterrupted() throws IOException {
        Duelist side = start();
        Thread.currentThread().interrupt();
        side.letGo();
        side.close();
        assertThat(Thread.interrupted()).isTrue();
        await().until(() -> !ProcessState.isRunning(second));
    }
}

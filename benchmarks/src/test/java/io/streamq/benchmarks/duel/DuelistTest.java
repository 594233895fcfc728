package io.streamq.benchmarks.duel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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
import org.junit.jupiter.api.Timeout;
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

    private Duelist start() throws IOException, InterruptedException {
        Duelist side = start(SIDE);
        second = ProcessHandle.of(Long.parseLong(
                        Files.readString(folder.resolve("second")).strip()))
                .orElseThrow();
        return side;
    }

    private Duelist start(String script) throws IOException, InterruptedException {
        List<String> command = List.of("sh", "-c", "cd " + folder + "; " + script);
        return Duelist.start("it", SETTING, command, folder.resolve("complaints"));
    }

    @AfterEach
    void endWhatIsLeft() {
        if (second != null) {
            second.destroyForcibly();
        }
    }

    @Test
    void aSideThatIsLetGoDoesNotStandStillUntilItIsWaitedFor() throws Exception {
        try (Duelist side = start()) {
            side.pause();
            side.letGo();
            await().until(() -> Files.exists(folder.resolve("ended")));
        }
        await().until(() -> !ProcessState.isRunning(second));
    }

    @Test
    void noProcessOfASideIsLeftStandingStillOnceItsFirstOneIsGone() throws Exception {
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
    void anInterruptedThreadEndsASideAndStaysInterrupted() throws Exception {
        Duelist side = start();
        Thread.currentThread().interrupt();
        side.letGo();
        side.close();
        assertThat(Thread.interrupted()).isTrue();
        await().until(() -> !ProcessState.isRunning(second));
    }

    /** So that Ctrl-C leaves nothing behind: publishing takes minutes, and whoever is interrupted has seconds. */
    @Test
    @Timeout(20)
    void anInterruptEndsASideThatIsStillPublishing() throws Exception {
        Thread duel = Thread.currentThread();
        Thread user = new Thread(() -> {
            await().until(() -> Files.exists(folder.resolve("publishing")));
            duel.interrupt();
        });
        user.start();

        assertThatThrownBy(
                        () -> start("trap 'touch ended; exit' TERM; touch publishing; while true; do sleep 0.1; done"))
                .isInstanceOf(InterruptedException.class);
        assertThat(folder.resolve("ended")).exists();
    }
}

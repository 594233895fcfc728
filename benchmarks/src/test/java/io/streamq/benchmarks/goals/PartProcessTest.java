package io.streamq.benchmarks.goals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamq.cli.program.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartProcessTest {
    @TempDir
    private Path folder;

    private static List<String> shell(String script) {
        return List.of("sh", "-c", script);
    }

    @Test
    void whatItPrintsAndSaysIsKeptInItsFolder() throws Exception {
        List<String> progress = new ArrayList<>();
        PartProcess.run(shell("echo a table; echo first >&2; echo second >&2; sleep 1"), folder, progress::add);

        assertThat(folder.resolve("table.txt")).hasContent("a table");
        assertThat(folder.resolve("progress.txt")).hasContent("first\nsecond");
        assertThat(progress).contains("second");
    }

    @Test
    void oneThatFailsIsToldByItsLastWordsAndItsExitCode() {
        String script = "for i in 1 2 3 4 5 6 7 8 9; do echo line $i >&2; done; exit 3";

        assertThatThrownBy(() -> PartProcess.run(shell(script), folder, step -> {}))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContainingAll("exit code 3", "progress.txt", "line 5 | line 6 | line 7 | line 8 | line 9")
                .hasMessageNotContaining("line 4");
    }

    @Test
    void nothingOfAnEarlierRunIsTakenForItsOwn() throws Exception {
        Path kept = Files.writeString(folder.resolve("notes.md"), "mine");
        for (String old : List.of("duel.json", "duel.svg", "table.txt")) {
            Files.writeString(folder.resolve(old), "old");
        }
        PartProcess.run(shell("true"), folder, step -> {});

        assertThat(folder.resolve("duel.json")).doesNotExist();
        assertThat(folder.resolve("duel.svg")).doesNotExist();
        assertThat(folder.resolve("table.txt")).isEmptyFile();
        assertThat(kept).hasContent("mine");
    }

    @Test
    void itEndsWithTheThreadThatWaitsForIt() throws IOException {
        Path ended = folder.resolve("ended");
        String script = "trap 'touch " + ended + "; exit 143' TERM; echo trapped >&2; while :; do sleep 0.1; done";

        assertThatThrownBy(() -> PartProcess.run(shell(script), folder, step -> {
                    if (step.equals("trapped")) {
                        Thread.currentThread().interrupt();
                    }
                }))
                .isInstanceOf(InterruptedException.class);
        assertThat(ended).exists();
    }
}

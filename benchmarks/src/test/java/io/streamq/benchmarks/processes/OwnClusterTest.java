package io.streamq.benchmarks.processes;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.program.ExitCodes;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnClusterTest {
    @TempDir
    private Path folder;

    @Test
    void aCommandThatWasInterruptedIsAnInterruptionAndNoFailureWithoutWords() {
        assertThatThrownBy(() -> OwnCluster.requireDone(ExitCodes.INTERRUPTED, "cluster start", ""))
                .isInstanceOf(InterruptedException.class);
    }

    @Test
    void aClusterThatDoesNotStartSaysWhichCommandItWasAndWhy() {
        assertThatThrownBy(() -> OwnCluster.start(folder, List.of("--taskmanagers=0")))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("'streamq cluster start --dir " + folder + " --taskmanagers=0' failed: ")
                .hasMessageContaining("--taskmanagers");
    }
}

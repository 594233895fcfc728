package io.streamq.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("long")
class BenchmarkClusterITCase {
    @TempDir
    private Path folder;

    @Test
    void bothFlinkJobsRunOnTwoTaskManagerProcesses() {
        Invocation quick = Invocation.quick(folder, "--taskmanagers=2");

        assertThat(quick.out())
                .contains("bare Flink job", "StreamQ", "2 TaskManagers of")
                .doesNotContain("plain loop");
    }
}

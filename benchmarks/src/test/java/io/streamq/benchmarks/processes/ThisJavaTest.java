package io.streamq.benchmarks.processes;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.cli.program.LogFile;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class ThisJavaTest {
    /** Two collectors, or a heap that begins larger than it may become, and it would not start. */
    @Test
    void aJavaWithOptionsOfItsOwnHasNoneOfThisOneThatItCanDoWithout() {
        assertThat(ThisJava.indispensable(List.of(
                        "--add-opens=java.base/java.lang=ALL-UNNAMED", "-Xms4g", "-XX:+UseG1GC", "-agentlib:any")))
                .containsExactly("--add-opens=java.base/java.lang=ALL-UNNAMED");
        assertThat(ThisJava.benchmarkWith(List.of("-Xmx3g")))
                .startsWith(ThisJava.program())
                .containsSubsequence("-Xmx3g", "-cp", "io.streamq.benchmarks.BenchmarkCommand");
    }

    @Test
    void anotherJavaLogsToTheFileThatThisOneLogsTo(@TempDir Path folder) {
        assertThat(ThisJava.benchmark()).noneMatch(word -> word.startsWith("-Dstreamq.log"));
        LogFile.named(folder.resolve("all.log"), new CommandLine(CommandSpec.create()));
        try {
            assertThat(ThisJava.benchmark())
                    .containsSubsequence(
                            "-Dstreamq.log=" + folder.resolve("all.log"),
                            "-Dstreamq.log.appender=file",
                            "io.streamq.benchmarks.BenchmarkCommand");
        } finally {
            System.clearProperty("streamq.log");
            System.clearProperty("streamq.log.appender");
        }
    }
}

package io.streamq.benchmarks.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

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
}

package io.streamq.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.cli.terminal.Terminal;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Run once in each build, so that the benchmark cannot rot. */
class BenchmarkCommandKafkaITCase {
    @Test
    void theQuickBenchmarkComparesAllContestants(@TempDir Path folder) throws Exception {
        StringWriter out = new StringWriter();
        Terminal terminal = new Terminal(new PrintWriter(out), new PrintWriter(new StringWriter()), false, false, 120);
        int exitCode = BenchmarkCommand.run(new String[] {"--quick", "--out", folder.toString()}, terminal);

        assertThat(exitCode).isZero();
        assertThat(out.toString()).contains("plain loop", "bare Flink job", "StreamQ", "200,000 experiences");
        assertThat(Files.readString(folder.resolve("result.json"))).contains("\"StreamQ\":[", "\"jdk\":");
    }

    @Test
    void theMedianOfAnEvenNumberOfRunsLiesBetweenTheTwoInTheMiddle() {
        Figures figures = Figures.of(List.of(run(4), run(1), run(3), run(10)));
        assertThat(figures).isEqualTo(new Figures(3.5, 1, 10));
    }

    private static Contestant.Run run(long perSecond) {
        return new Contestant.Run(perSecond, 1_000_000_000L);
    }
}

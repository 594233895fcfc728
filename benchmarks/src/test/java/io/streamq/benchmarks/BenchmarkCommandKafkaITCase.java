package io.streamq.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each benchmark once in each build, small and short, so that none can rot. */
class BenchmarkCommandKafkaITCase {
    @TempDir
    private Path folder;

    @Test
    void theQuickBenchmarkComparesAllContestantsAndTheirTables() throws Exception {
        Invocation quick = Invocation.of("--quick", "--out", folder.toString());

        assertThat(quick.exitCode()).as(quick.err()).isZero();
        assertThat(quick.out())
                .contains("plain loop", "bare Flink job", "StreamQ", "Kafka Streams", "100,000 experiences");
        assertThat(Files.readString(folder.resolve("throughput.json")))
                .contains(
                        "\"contestant\":\"Kafka Streams\"", "\"jdk\":", "\"kafkaStreamsGuarantee\":\"at_least_once\"");
        assertThat(Files.readString(folder.resolve("throughput.svg")))
                .startsWith("<svg")
                .contains("StreamQ");
    }
}

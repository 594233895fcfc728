package io.streamq.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each benchmark once in each build, small and short, so that none can rot. */
class BenchmarkCommandKafkaITCase {
    @TempDir
    private Path folder;

    @Test
    void throughputComparesAllContestantsAndTheirTables() throws IOException {
        Invocation quick = measured("--experiences=20000");

        assertThat(quick.out())
                .contains("plain loop", "bare Flink job", "StreamQ", "Kafka Streams", "20,000 experiences");
        assertThat(written("throughput.json"))
                .contains(
                        "\"contestant\":\"Kafka Streams\"", "\"jdk\":", "\"kafkaStreamsGuarantee\":\"at_least_once\"");
        assertThat(written("throughput.svg")).startsWith("<svg").contains("StreamQ");
    }

    @Test
    void latencyIsMeasuredBesideAnEcho() throws IOException {
        Invocation quick = measured("latency");

        assertThat(quick.out()).contains("echo", "StreamQ", "p99.9");
        assertThat(written("latency.json")).contains("\"p99Ratio\":", "\"experiences\":1000");
        assertThat(written("latency-1000.svg")).startsWith("<svg").contains("percentile");
    }

    @Test
    void memoryIsMeasuredByRowAndByExperience() throws IOException {
        Invocation quick = measured("memory");

        assertThat(quick.out()).contains("bytes each", "information", "io.streamq.", "StreamQ: learn");
        assertThat(written("memory.json")).contains("\"bytesPerRow\":", "\"bytesPerExperience\":");
    }

    @Test
    void aSweepDoesNotMeasureTwiceWhatItKnows() throws IOException {
        measured("sweep", "--only=actions");
        String outcome = written("sweep.json");
        assertThat(outcome).contains("\"place\":\"4\"", "\"contestant\":\"StreamQ\"");
        assertThat(written("sweep-actions.svg")).startsWith("<svg").contains("bare Flink job");

        measured("sweep", "--only=actions");
        assertThat(figures(written("sweep.json"))).isEqualTo(figures(outcome));
    }

    private static String figures(String outcome) {
        return outcome.substring(outcome.indexOf("\"experiencesPerSecond\""));
    }

    @Test
    void hotPartsAreMeasuredOneByOne() throws IOException {
        Invocation quick = measured("micro");

        assertThat(quick.out())
                .contains(
                        "Decode.decode",
                        "SuccessorView.read",
                        "SuccessorView.write",
                        "Row.update",
                        "Row.chooseGreedy",
                        "Serializer.row");
        assertThat(written("micro.json")).contains("\"bytesAllocated\":");
    }

    @Test
    void aDuelLetsProcessesTakeTurns() throws IOException {
        Invocation quick = measured("duel");

        assertThat(quick.out()).contains("bare Flink job", "StreamQ", "CPU, ns each", "2 turns of 0.5 s");
        for (JsonNode side : new ObjectMapper().readTree(written("duel.json")).get("sides")) {
            assertThat(side.get("least").asDouble()).isPositive();
            assertThat(side.get("cpuNanosPerExperience").asDouble()).isPositive();
        }
        assertThat(written("duel.svg")).startsWith("<svg").contains("StreamQ");
        assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive))
                .isEmpty();
    }

    private Invocation measured(String... command) {
        return Invocation.quick(folder, command);
    }

    private String written(String name) throws IOException {
        return Files.readString(folder.resolve(name));
    }
}

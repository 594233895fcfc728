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

    /** Of each kind of benchmark one. */
    @Test
    void whatItIsToReachIsMeasuredByTheBenchmarksForIt() throws IOException {
        Invocation quick = measured("goals", "--only=allocation,row,hashmap,kafka-streams,latency,row");

        assertThat(quick.out()).contains("of the bare job", "≥", "0.85", "Quick: ");
        JsonNode goals = json("goals.json").get("goals");
        assertThat(goals.findValuesAsText("goal"))
                .containsExactly("hashmap", "kafka-streams", "latency", "row", "allocation");
        assertThat(goals).allSatisfy(goal -> {
            assertThat(goal.get("measured").isNumber()).isTrue();
            assertThat(goal.at("/commands/0").asText())
                    .startsWith("STREAMQ_JAVA_OPTS=")
                    .endsWith("--quick");
        });
        assertThatADuelLetsProcessesTakeTurns();
        assertThatThroughputIsComparedWithAllPeers();
        assertThatLatencyIsMeasuredBesideAnEcho();
        assertThatMemoryIsMeasuredByRowAndByExperience();
    }

    private void assertThatADuelLetsProcessesTakeTurns() throws IOException {
        assertThat(written("one-jvm/table.txt"))
                .contains("bare Flink job", "StreamQ", "CPU, ns each", "repeated 27 times", "2 turns of 0.5 s");
        for (JsonNode side : json("one-jvm/duel.json").get("sides")) {
            assertThat(side.get("least").asDouble()).isPositive();
            assertThat(side.get("cpuNanosPerExperience").asDouble()).isPositive();
        }
        assertThat(written("one-jvm/duel.svg")).startsWith("<svg").contains("StreamQ");
        assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive))
                .isEmpty();
    }

    private void assertThatThroughputIsComparedWithAllPeers() throws IOException {
        assertThat(written("peers/table.txt"))
                .contains("plain loop", "bare Flink job", "StreamQ", "Kafka Streams", "100,000 experiences");
        JsonNode outcome = json("peers/throughput.json");
        assertThat(outcome.at("/machine/jdk").isTextual()).isTrue();
        assertThat(outcome.get("kafkaStreamsGuarantee").asText()).isEqualTo("at_least_once");
        assertThat(outcome.get("places")).hasSize(4).allSatisfy(place -> assertThat(
                        place.get("least").asDouble())
                .as(place.get("contestant").asText())
                .isPositive());
        assertThat(written("peers/throughput.svg")).startsWith("<svg").contains("StreamQ");
    }

    private void assertThatLatencyIsMeasuredBesideAnEcho() throws IOException {
        assertThat(written("latency/table.txt")).contains("echo", "StreamQ", "p99.9");
        assertThat(json("latency/latency.json").at("/rates/0/p99Ratio").asDouble())
                .isPositive();
        for (String job : new String[] {"echo", "product"}) {
            JsonNode latencies = json("latency/latency.json").at("/rates/0/" + job);
            assertThat(latencies.get("experiences").asLong()).as(job).isEqualTo(1000);
            assertThat(latencies.at("/byPercentile/50.0").asDouble()).as(job).isPositive();
        }
        assertThat(written("latency/latency-1000.svg")).startsWith("<svg").contains("percentile");
    }

    private void assertThatMemoryIsMeasuredByRowAndByExperience() throws IOException {
        assertThat(written("memory/table.txt")).contains("bytes each", "information", "[D", "StreamQ: learn");
        JsonNode outcome = json("memory/memory.json");
        // What all rows take shows only of many: of so few, what the JVM frees, or does not, may be more. Their words
        // are most of it.
        assertThat(outcome.at("/row/byClass"))
                .anyMatch(each -> each.get("name").asText().equals("[D")
                        && each.get("bytesPerRow").asDouble() > 100);
        for (String job : new String[] {"FLOOR", "STREAMQ"}) {
            assertThat(outcome.at("/allocation/" + job).findValues("bytesPerExperience"))
                    .as(job)
                    .anyMatch(bytes -> bytes.asDouble() > 0);
        }
    }

    @Test
    void aSweepMeasuresBothFlinkJobsAtEachPlace() throws IOException {
        Invocation unused = measured("sweep", "--only=actions");

        JsonNode place = json("sweep.json").at("/sweeps/actions/0");
        assertThat(place.get("place").asText()).isEqualTo("4");
        assertThat(place.at("/outcome/places")).hasSize(2);
        for (JsonNode job : place.at("/outcome/places")) {
            assertThat(job.get("least").asDouble())
                    .as(job.get("contestant").asText())
                    .isPositive();
        }
        assertThat(written("sweep-actions.svg")).startsWith("<svg").contains("bare Flink job");
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
    void aHotPartIsChosenByTheNameThatTheTableHas() throws IOException {
        Invocation quick = measured("micro", "--only=Row.update");

        assertThat(quick.out()).contains("Row.update").doesNotContain("Row.chooseGreedy", "Decode");
    }

    private Invocation measured(String... command) {
        return Invocation.quick(folder, command);
    }

    private JsonNode json(String name) throws IOException {
        return new ObjectMapper().readTree(written(name));
    }

    private String written(String name) throws IOException {
        return Files.readString(folder.resolve(name));
    }
}

package io.streamq.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("long")
class BenchmarkClusterITCase {
    @TempDir
    private Path folder;

    @Test
    void bothFlinkJobsRunOnTwoTaskManagerProcesses() throws Exception {
        Invocation quick = Invocation.quick(folder, "--taskmanagers=2");

        assertThat(quick.out())
                .contains("bare Flink job", "StreamQ", "2 TaskManagers of")
                .doesNotContain("plain loop");
        JsonNode places = new ObjectMapper()
                .readTree(folder.resolve("throughput.json").toFile())
                .get("places");
        assertThat(places).hasSize(2);
        for (JsonNode place : places) {
            assertThat(place.get("least").asDouble())
                    .as(place.get("contestant").asText())
                    .isPositive();
        }
    }

    @Test
    void everyPartOfARecoveryAndOfASnapshotIsMeasured() throws Exception {
        Invocation unused = Invocation.quick(folder, "recovery");

        JsonNode result = new ObjectMapper()
                .readTree(folder.resolve("recovery.json").toFile())
                .at("/results/0");
        assertThat(result.get("recoveries")).hasSize(1);
        for (String part : new String[] {"noticedMillis", "restartedMillis", "learntMillis"}) {
            assertThat(result.at("/recoveries/0/" + part).asLong()).as(part).isPositive();
        }
        assertThat(result.get("rowsOfSlowestShard").asInt()).isBetween(400, 600);
        assertThat(result.get("viewRebuildMillis").asLong()).isNotNegative();
        for (String snapshot : new String[] {"checkpoint", "savepoint"}) {
            assertThat(result.at("/" + snapshot + "/bytes").asLong())
                    .as(snapshot)
                    .isGreaterThan(10_000);
            assertThat(result.at("/" + snapshot + "/millis").asLong())
                    .as(snapshot)
                    .isPositive();
        }
    }
}

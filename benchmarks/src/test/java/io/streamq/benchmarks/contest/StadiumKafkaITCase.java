package io.streamq.benchmarks.contest;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.benchmarks.workload.Skew;
import io.streamq.schemas.Topics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StadiumKafkaITCase {
    private static Setting repeated(int times) {
        return new Setting(1_200, 100, 4, 8, Skew.UNIFORM, 1, StateBackend.HASHMAP, 0, 64, Map.of(), 0, times);
    }

    /** As docs/performance.md promises: it shares the cores with the job. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void itsBrokerCompactsAtLeisureAlsoIfTheLogRepeatsItself(int times) throws Exception {
        ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, "1");
        try (Stadium stadium = Stadium.open(repeated(times));
                Admin admin = admin(stadium)) {
            String limit = admin.describeConfigs(List.of(broker))
                    .all()
                    .get()
                    .get(broker)
                    .get("log.cleaner.io.max.bytes.per.second")
                    .value();
            assertThat(Double.parseDouble(limit)).isEqualTo(4 << 20);
        }
    }

    /** Side by side they would come in a row, each after the first to a row in the CPU's cache. */
    @Test
    void repetitionsOfAnExperienceAreFarApartAndAllCounted() throws Exception {
        try (Stadium stadium = Stadium.open(repeated(2));
                Admin admin = admin(stadium)) {
            assertThat(offset(admin, 0, OffsetSpec.earliest())).isEqualTo(0);
            assertThat(offset(admin, 1, OffsetSpec.earliest())).isEqualTo(200);
            assertThat(offset(admin, 2, OffsetSpec.earliest())).isEqualTo(400);
            for (int partition = 0; partition < 3; partition++) {
                assertThat(offset(admin, partition, OffsetSpec.latest())).isEqualTo(600);
            }
            new PlainLoop().run(stadium).visits().requireEqual(stadium.published(), "the plain loop");
        }
    }

    private static Admin admin(Stadium stadium) {
        return Admin.create(Map.of("bootstrap.servers", stadium.bootstrapServers()));
    }

    private static long offset(Admin admin, int partition, OffsetSpec which)
            throws ExecutionException, InterruptedException {
        TopicPartition place = new TopicPartition(Topics.EXPERIENCES, partition);
        return admin.listOffsets(Map.of(place, which))
                .partitionResult(place)
                .get()
                .offset();
    }
}

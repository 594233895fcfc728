package io.streamq.benchmarks.contest;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.benchmarks.workload.Skew;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StadiumKafkaITCase {
    /** As docs/performance.md promises: it shares the cores with the job. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void itsBrokerCompactsAtLeisureAlsoIfTheLogRepeatsItself(int repeats) throws Exception {
        Setting setting =
                new Setting(1_000, 100, 4, 8, Skew.UNIFORM, 1, StateBackend.HASHMAP, 0, 64, Map.of(), 0, repeats);
        try (Stadium stadium = Stadium.open(setting)) {
            assertThat(ofBroker(stadium, "log.cleaner.io.max.bytes.per.second")).isEqualTo(4 << 20);
        }
    }

    private static double ofBroker(Stadium stadium, String setting) throws ExecutionException, InterruptedException {
        ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, "1");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", stadium.bootstrapServers()))) {
            return Double.parseDouble(admin.describeConfigs(List.of(broker))
                    .all()
                    .get()
                    .get(broker)
                    .get(setting)
                    .value());
        }
    }
}

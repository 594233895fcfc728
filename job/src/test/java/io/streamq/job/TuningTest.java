package io.streamq.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.job.options.JobOptions;
import io.streamq.job.options.StreamQOptions;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;

class TuningTest {
    private static long bufferTimeoutMillis(Configuration flink, String... tuning) {
        Map<String, String> options = new HashMap<>();
        options.put(StreamQOptions.BOOTSTRAP_SERVERS.key(), "127.0.0.1:9092");
        options.put(StreamQOptions.ACTIONS.key(), "2");
        for (String each : tuning) {
            options.put(StreamQOptions.TUNING.key(), each);
        }
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(flink);
        StreamQJob.configure(environment, JobOptions.of(options));
        return environment.getBufferTimeout();
    }

    @Test
    void recordsWaitForCompanyAsLongAsTheTuningSays() {
        assertThat(bufferTimeoutMillis(new Configuration())).isEqualTo(5);
        assertThat(bufferTimeoutMillis(new Configuration(), "throughput")).isEqualTo(100);
    }

    @Test
    void flinksOwnConfigurationComesFirst() {
        Configuration flink = new Configuration();
        flink.setString("execution.buffer-timeout.interval", "17 ms");
        assertThat(bufferTimeoutMillis(flink, "throughput")).isEqualTo(17);
    }
}

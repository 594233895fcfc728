package io.streamq.benchmarks.floor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;

class FloorJobTest {
    @Test
    void theBufferTimeoutIsThatOfStreamQUnlessOneIsSaidForAllJobs() {
        Configuration said = new Configuration();
        assertThat(bufferTimeout(said)).isEqualTo(100);

        said.set(ExecutionOptions.BUFFER_TIMEOUT, Duration.ofMillis(7));
        assertThat(bufferTimeout(said)).isEqualTo(7);
    }

    private static long bufferTimeout(Configuration said) {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(said);
        FloorJob.define(environment, "127.0.0.1:9", 2);
        return environment.getBufferTimeout();
    }
}

package io.streamq.benchmarks.contest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class KafkaStreamsTest {
    /** A JVM does not start whose heap is to begin larger than it may become. */
    @Test
    void itHasTheCollectorOfTheOthersAndAHeapOfItsOwn() {
        assertThat(KafkaStreams.options(List.of("-Xms3g", "-Xmx4g", "-XX:+UseParallelGC")))
                .containsExactly("-Xmx4g", "-XX:+UseParallelGC", "-Xmx2g");
    }
}

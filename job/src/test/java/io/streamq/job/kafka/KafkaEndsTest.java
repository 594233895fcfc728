package io.streamq.job.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.job.options.JobOptions;
import io.streamq.job.options.StreamQOptions.SourceStart;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KafkaEndsTest {
    /** Where a job begins that has no snapshot is another matter: then it would skip what the topic still holds. */
    @ParameterizedTest
    @EnumSource(SourceStart.class)
    void whereARecordIsGoneFromWhichAJobWentOnItReadsOnFromTheEldest(SourceStart start) {
        KafkaEnds ends = new KafkaEnds(JobOptions.of(Map.of(
                "streamq.kafka.bootstrap-servers", "broker:9092",
                "streamq.policy.actions", "2",
                "streamq.source.start", start.name(),
                "streamq.kafka.client.auto.offset.reset", "latest")));
        assertThat(ends.readerProperties(new Properties()).getProperty("auto.offset.reset"))
                .isEqualTo("earliest");
    }
}

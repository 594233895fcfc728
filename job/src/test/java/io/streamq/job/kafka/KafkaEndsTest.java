package io.streamq.job.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.job.options.JobOptions;
import io.streamq.job.options.StreamQOptions.SourceStart;
import io.streamq.job.record.SourceRecord;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.flink.connector.kafka.source.ConsumerSettings;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KafkaEndsTest {
    /** Kafka would go on at the beginning or the end, whatever was lost. */
    @ParameterizedTest
    @EnumSource(SourceStart.class)
    void whereAPlaceIsGoneKafkaDoesNotChooseAnother(SourceStart start) {
        KafkaEnds ends = new KafkaEnds(JobOptions.of(Map.of(
                "streamq.kafka.bootstrap-servers", "broker:9092",
                "streamq.policy.actions", "2",
                "streamq.source.start", start.name(),
                "streamq.kafka.client.auto.offset.reset", "latest")));
        assertThat(ends.readerProperties(new Properties()).getProperty("auto.offset.reset"))
                .isEqualTo("none");
    }

    /** A connector that began to add something else would leave the job's own reader behind. */
    @Test
    void theReaderIsSetUpAsFlinksOwnWouldBe() {
        JobOptions options =
                JobOptions.of(Map.of("streamq.kafka.bootstrap-servers", "broker:9092", "streamq.policy.actions", "2"));
        Properties given = options.kafka().clientProperties();
        given.setProperty("fetch.max.bytes", "1234567");
        KafkaSource<SourceRecord> flinks = KafkaSource.<SourceRecord>builder()
                .setProperties(given)
                .setTopics(options.topics().experiences())
                .setGroupId(options.kafka().groupId())
                .setDeserializer(new SourceRecordDeserializer())
                .build();
        assertThat(comparable(new KafkaEnds(options).readerProperties(given)))
                .containsEntry("fetch.max.bytes", "1234567")
                .isEqualTo(comparable(ConsumerSettings.of(flinks)));
    }

    /** Without what is another on purpose. */
    private static Map<String, String> comparable(Map<?, ?> settings) {
        Map<String, String> comparable = new TreeMap<>();
        settings.forEach((key, value) -> comparable.put(key.toString(), value.toString()));
        comparable.keySet().removeAll(List.of("key.deserializer", "value.deserializer", "auto.offset.reset"));
        return comparable;
    }
}

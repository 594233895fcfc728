package io.streamq.job.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.job.options.JobOptions;
import io.streamq.job.record.SourceRecord;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.flink.connector.kafka.source.ConsumerSettings;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.junit.jupiter.api.Test;

class KafkaEndsTest {
    /** Kafka would go on at the beginning or the end, whatever was lost. */
    @Test
    void whereAPlaceIsGoneKafkaDoesNotChooseAnother() {
        Properties given = new Properties();
        given.setProperty("auto.offset.reset", "latest");
        assertThat(KafkaEnds.readerProperties(given, "group").getProperty("auto.offset.reset"))
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
        assertThat(comparable(KafkaEnds.readerProperties(given, options.kafka().groupId())))
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

package io.streamq.job.kafka;

import io.streamq.job.record.DeadLetter;
import io.streamq.job.record.SourceRecord;
import io.streamq.schemas.DeadLetterHeaders;
import java.nio.charset.StandardCharsets;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** Hands a rejected record back byte for byte, with headers that say what, why and where from. */
final class DeadLetterToKafka implements KafkaRecordSerializationSchema<DeadLetter> {
    private final String topic;
    private final String sourceTopic;

    DeadLetterToKafka(String topic, String sourceTopic) {
        this.topic = topic;
        this.sourceTopic = sourceTopic;
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
            DeadLetter letter, KafkaSinkContext context, @Nullable Long timestamp) {
        SourceRecord source = letter.source();
        ProducerRecord<byte[], byte[]> produced = new ProducerRecord<>(topic, source.key(), source.value());
        Headers headers = produced.headers();
        put(headers, DeadLetterHeaders.REASON, letter.rejection().name());
        put(headers, DeadLetterHeaders.MESSAGE, letter.message());
        put(headers, DeadLetterHeaders.SOURCE_TOPIC, sourceTopic);
        put(headers, DeadLetterHeaders.SOURCE_PARTITION, source.partition());
        put(headers, DeadLetterHeaders.SOURCE_OFFSET, source.offset());
        put(headers, DeadLetterHeaders.SOURCE_TIMESTAMP, source.timestampMillis());
        return produced;
    }

    private static void put(Headers headers, String name, Object value) {
        headers.add(name, value.toString().getBytes(StandardCharsets.UTF_8));
    }
}

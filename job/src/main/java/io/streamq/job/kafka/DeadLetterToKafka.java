package io.streamq.job.kafka;

import io.streamq.job.options.JobOptions;
import io.streamq.job.record.DeadLetter;
import io.streamq.job.record.Rejection;
import io.streamq.job.record.SourceRecord;
import io.streamq.schemas.DeadLetterHeaders;
import java.nio.charset.StandardCharsets;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Returns a rejected record byte for byte, with headers that say what, why and where from. A record too large for a request with its
 * headers is sent without key and value: refusing to write it would stop the job forever.
 */
final class DeadLetterToKafka implements KafkaRecordSerializationSchema<DeadLetter> {
    /** More than headers and framing take, whatever the reason. */
    private static final int HEADROOM_BYTES = 4096;

    private final String topic;
    private final String experiencesTopic;
    private final String controlTopic;
    private final int maxRecordBytes;

    /** @param maxRequestBytes the producer's {@code max.request.size} */
    DeadLetterToKafka(JobOptions.Topics topics, int maxRequestBytes) {
        this.topic = topics.deadLetters();
        this.experiencesTopic = topics.experiences();
        this.controlTopic = topics.control();
        this.maxRecordBytes = maxRequestBytes - HEADROOM_BYTES;
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
            DeadLetter letter, KafkaSinkContext context, @Nullable Long timestamp) {
        SourceRecord source = letter.source();
        boolean fits = length(source.key()) + length(source.value()) <= maxRecordBytes;
        ProducerRecord<byte[], byte[]> produced = fits
                ? new ProducerRecord<>(topic, source.key(), source.value())
                : new ProducerRecord<>(topic, null, null);
        Headers headers = produced.headers();
        if (!fits) {
            put(headers, DeadLetterHeaders.OMITTED_BYTES, length(source.key()) + length(source.value()));
        }
        put(headers, DeadLetterHeaders.REASON, letter.rejection().name());
        put(headers, DeadLetterHeaders.MESSAGE, letter.message());
        put(headers, DeadLetterHeaders.SOURCE_TOPIC, sourceTopic(letter.rejection()));
        put(headers, DeadLetterHeaders.SOURCE_PARTITION, source.partition());
        put(headers, DeadLetterHeaders.SOURCE_OFFSET, source.offset());
        put(headers, DeadLetterHeaders.SOURCE_TIMESTAMP, source.timestampMillis());
        return produced;
    }

    private String sourceTopic(Rejection rejection) {
        return rejection == Rejection.POLICY_CONFIG_INVALID ? controlTopic : experiencesTopic;
    }

    private static long length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private static void put(Headers headers, String name, Object value) {
        headers.add(name, value.toString().getBytes(StandardCharsets.UTF_8));
    }
}

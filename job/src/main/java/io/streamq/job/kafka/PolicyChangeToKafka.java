package io.streamq.job.kafka;

import io.streamq.job.record.PolicyChange;
import io.streamq.schemas.PolicyUpdateEncoder;
import io.streamq.schemas.TombstoneHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializationSchema.InitializationContext;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * Writes a change under its state's key: a {@link io.streamq.schemas.PolicyUpdate}, or a tombstone with its epoch in a header, as it has no
 * value.
 */
final class PolicyChangeToKafka implements KafkaRecordSerializationSchema<PolicyChange> {
    private final String topic;
    private transient PolicyUpdateEncoder encoder;
    // Reused: when it returns, the producer has copied both.
    private transient ArraysByLength keys;
    private transient ArraysByLength values;

    PolicyChangeToKafka(String topic) {
        this.topic = topic;
    }

    @Override
    public void open(InitializationContext context, KafkaSinkContext sinkContext) {
        encoder = new PolicyUpdateEncoder();
        keys = new ArraysByLength();
        values = new ArraysByLength();
    }

    /** Key and value are valid until the next call. */
    @Override
    public ProducerRecord<byte[], byte[]> serialize(
            PolicyChange change, KafkaSinkContext context, @Nullable Long timestamp) {
        byte[] key = keys.ofLength(change.key().length());
        change.key().copyTo(key);
        if (change.isTombstone()) {
            return new ProducerRecord<>(topic, null, change.updatedAtMillis(), key, null, headers(change));
        }
        int length = encoder.encode(
                key,
                change.action(),
                change.qValues(),
                change.visits(),
                change.version(),
                change.epoch(),
                change.reason(),
                change.updatedAtMillis());
        byte[] value = values.ofLength(length);
        encoder.copyTo(value);
        return new ProducerRecord<>(topic, null, change.updatedAtMillis(), key, value);
    }

    private static List<Header> headers(PolicyChange tombstone) {
        byte[] epoch = Long.toString(tombstone.epoch()).getBytes(StandardCharsets.UTF_8);
        return List.of(new RecordHeader(TombstoneHeaders.EPOCH, epoch));
    }
}

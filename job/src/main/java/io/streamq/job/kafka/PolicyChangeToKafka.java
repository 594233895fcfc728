package io.streamq.job.kafka;

import io.streamq.job.record.PolicyChange;
import io.streamq.schemas.PolicyUpdateEncoder;
import org.apache.flink.api.common.serialization.SerializationSchema.InitializationContext;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Writes a change as a {@link io.streamq.schemas.PolicyUpdate} under its state's key. */
final class PolicyChangeToKafka implements KafkaRecordSerializationSchema<PolicyChange> {
    private final String topic;
    private transient PolicyUpdateEncoder encoder;

    PolicyChangeToKafka(String topic) {
        this.topic = topic;
    }

    @Override
    public void open(InitializationContext context, KafkaSinkContext sinkContext) {
        encoder = new PolicyUpdateEncoder();
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
            PolicyChange change, KafkaSinkContext context, @Nullable Long timestamp) {
        byte[] key = change.state().bytes();
        return new ProducerRecord<>(topic, null, change.updatedAtMillis(), key, value(key, change));
    }

    private byte @Nullable [] value(byte[] key, PolicyChange change) {
        if (change.isTombstone()) {
            return null;
        }
        return encoder.encode(
                key,
                change.action(),
                change.qValues(),
                change.visits(),
                change.version(),
                change.epoch(),
                change.reason(),
                change.updatedAtMillis());
    }
}

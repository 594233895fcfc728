package io.streamq.job.kafka;

import io.streamq.job.record.PolicyChange;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.PolicyUpdate;
import java.time.Instant;
import java.util.Arrays;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Writes a change as a {@link PolicyUpdate} under its state's key. */
final class PolicyChangeToKafka implements KafkaRecordSerializationSchema<PolicyChange> {
    private final String topic;
    private transient @Nullable AvroCodec<PolicyUpdate> codec;

    PolicyChangeToKafka(String topic) {
        this.topic = topic;
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
            PolicyChange change, KafkaSinkContext context, @Nullable Long timestamp) {
        AvroCodec<PolicyUpdate> avro = codec;
        if (avro == null) {
            avro = AvroCodec.policyUpdate();
            codec = avro;
        }
        return new ProducerRecord<>(
                topic, null, change.updatedAtMillis(), change.state().bytes(), avro.encode(toAvro(change)));
    }

    private static PolicyUpdate toAvro(PolicyChange change) {
        return PolicyUpdate.newBuilder()
                .setPolicyId(change.state().policyId())
                .setState(change.state().state())
                .setAction(change.action())
                .setValue(change.qValues()[change.action()])
                .setQValues(Arrays.stream(change.qValues()).boxed().toList())
                .setVisits(Arrays.stream(change.visits()).boxed().toList())
                .setUpdates(Arrays.stream(change.visits()).sum())
                .setVersion(change.version())
                .setEpoch(change.epoch())
                .setReason(change.reason())
                .setUpdatedAt(Instant.ofEpochMilli(change.updatedAtMillis()))
                .build();
    }
}

package io.streamq.job.kafka;

import io.streamq.job.record.ControlStatus;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.PolicyConfigStatus;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.flink.api.common.serialization.SerializationSchema.InitializationContext;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Writes a shard's answer to a configuration under {@code policyId/shard}. */
final class ControlStatusToKafka implements KafkaRecordSerializationSchema<ControlStatus> {
    private final String topic;
    private transient AvroCodec<PolicyConfigStatus> codec;

    ControlStatusToKafka(String topic) {
        this.topic = topic;
    }

    @Override
    public void open(InitializationContext context, KafkaSinkContext sinkContext) {
        codec = AvroCodec.policyConfigStatus();
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
            ControlStatus status, KafkaSinkContext context, @Nullable Long timestamp) {
        PolicyConfigStatus value = PolicyConfigStatus.newBuilder()
                .setPolicyId(status.policyId())
                .setShard(status.shard())
                .setShards(status.shards())
                .setOutcome(status.outcome())
                .setViolations(status.violations())
                .setGeneration(status.generation())
                .setPartition(status.partition())
                .setOffset(status.offset())
                .setRows(status.rows())
                .setEpoch(status.epoch())
                .setUpdatedAt(Instant.ofEpochMilli(status.updatedAtMillis()))
                .setDurable(status.durable())
                .build();
        byte[] key = (status.policyId() + '/' + status.shard()).getBytes(StandardCharsets.UTF_8);
        return new ProducerRecord<>(topic, null, status.updatedAtMillis(), key, codec.encode(value));
    }
}

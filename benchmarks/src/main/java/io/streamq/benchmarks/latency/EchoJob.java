package io.streamq.benchmarks.latency;

import io.streamq.benchmarks.latency.EchoJob.Message;
import io.streamq.job.record.RecordSerializer;
import io.streamq.job.record.RecordType;
import java.io.IOException;
import java.util.Properties;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** From Kafka through Flink to Kafka, byte for byte: the latency that any job has. Checkpoints and guarantee as in the product. */
final class EchoJob {
    private EchoJob() {}

    /** A record as received. */
    @SuppressWarnings("ArrayRecordComponent") // carried, never compared
    record Message(byte[] key, byte[] value) {}

    static void define(
            StreamExecutionEnvironment environment,
            Properties clients,
            String from,
            String to,
            long checkpointIntervalMillis) {
        environment.getConfig().enableObjectReuse();
        environment.enableCheckpointing(checkpointIntervalMillis, CheckpointingMode.EXACTLY_ONCE);
        KafkaSource<Message> source = KafkaSource.<Message>builder()
                .setProperties(clients)
                .setTopics(from)
                .setGroupId("echo")
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setDeserializer(new Read())
                .build();
        KafkaSink<Message> sink = KafkaSink.<Message>builder()
                .setKafkaProducerConfig(clients)
                .setBootstrapServers(clients.getProperty("bootstrap.servers"))
                .setRecordSerializer(new Write(to))
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .build();
        environment
                .fromSource(source, WatermarkStrategy.noWatermarks(), "source")
                .uid("echo-source")
                .sinkTo(sink)
                .uid("echo-sink");
    }

    private static final class Read implements KafkaRecordDeserializationSchema<Message> {
        @Override
        public void deserialize(ConsumerRecord<byte[], byte[]> consumed, Collector<Message> out) {
            out.collect(new Message(consumed.key(), consumed.value()));
        }

        @Override
        public TypeInformation<Message> getProducedType() {
            return RecordType.of(Message.class, MessageSerializer.INSTANCE);
        }
    }

    private record Write(String topic) implements KafkaRecordSerializationSchema<Message> {
        @Override
        public ProducerRecord<byte[], byte[]> serialize(
                Message message, KafkaSinkContext context, @Nullable Long timestamp) {
            return new ProducerRecord<>(topic, message.key(), message.value());
        }
    }

    /** Not used while source and sink are chained, but required by Flink. */
    public static final class MessageSerializer extends RecordSerializer<Message> {
        static final MessageSerializer INSTANCE = new MessageSerializer();

        @Override
        public Message createInstance() {
            return new Message(new byte[0], new byte[0]);
        }

        @Override
        public void serialize(Message message, DataOutputView target) throws IOException {
            for (byte[] part : new byte[][] {message.key(), message.value()}) {
                target.writeInt(part.length);
                target.write(part);
            }
        }

        @Override
        public Message deserialize(DataInputView source) throws IOException {
            byte[] key = new byte[source.readInt()];
            source.readFully(key);
            byte[] value = new byte[source.readInt()];
            source.readFully(value);
            return new Message(key, value);
        }

        @Override
        public TypeSerializerSnapshot<Message> snapshotConfiguration() {
            return new Snapshot();
        }

        /** Read by name from snapshots. */
        public static final class Snapshot extends SimpleTypeSerializerSnapshot<Message> {
            public Snapshot() {
                super(() -> INSTANCE);
            }
        }
    }
}

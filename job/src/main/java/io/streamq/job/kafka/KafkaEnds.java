package io.streamq.job.kafka;

import io.streamq.job.kafka.PackedKafkaSource.Topic;
import io.streamq.job.options.JobOptions;
import io.streamq.job.options.StreamQOptions;
import io.streamq.job.options.StreamQOptions.SourceEnd;
import io.streamq.job.record.ControlStatus;
import io.streamq.job.record.DeadLetter;
import io.streamq.job.record.PolicyChange;
import io.streamq.job.record.SourceRecord;
import io.streamq.job.record.SourceRecords;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;

/** The job's source and sinks on Kafka. */
public final class KafkaEnds {
    private static final String DELIVERY_TIMEOUT = "delivery.timeout.ms";

    private final JobOptions options;

    public KafkaEnds(JobOptions options) {
        this.options = options;
    }

    /** Experience between the configured start and end. */
    public Source<SourceRecords, ?, ?> experiences() {
        Properties properties = options.kafka().clientProperties();
        // Experience in aborted transactions never happened.
        properties.putIfAbsent("isolation.level", "read_committed");
        options.tuning().consumer().forEach(properties::putIfAbsent);
        KafkaSourceBuilder<SourceRecord> source = KafkaSource.<SourceRecord>builder()
                .setProperties(properties)
                .setTopics(options.topics().experiences())
                .setGroupId(options.kafka().groupId())
                .setStartingOffsets(start())
                .setDeserializer(new SourceRecordDeserializer());
        if (options.sourceEnd() == SourceEnd.LATEST) {
            source.setBounded(OffsetsInitializer.latest());
        }
        return PackedKafkaSource.ofPacks(
                new Topic(
                        StreamQOptions.EXPERIENCES_TOPIC.key(), options.topics().experiences()),
                source.build(),
                readerProperties(properties, options.kafka().groupId()),
                LostPlaces.OF_EXPERIENCE);
    }

    /** What the builder of Flink's source adds to the properties of its readers' consumers. */
    static Properties readerProperties(Properties properties, String groupId) {
        Properties consumer = new Properties();
        consumer.putAll(properties);
        consumer.setProperty("group.id", groupId);
        consumer.setProperty("key.deserializer", ByteBufferDeserializer.class.getName());
        consumer.setProperty("value.deserializer", ByteBufferDeserializer.class.getName());
        consumer.setProperty("enable.auto.commit", "false");
        // Each partition says where to begin; if that is gone, LostPlaces does.
        consumer.setProperty("auto.offset.reset", "none");
        consumer.putIfAbsent("client.id.prefix", groupId);
        return consumer;
    }

    /**
     * The configurations after those already known.
     *
     * @param from starting offset per partition, without a snapshot
     */
    public Source<SourceRecord, ?, ?> control(Map<TopicPartition, Long> from) {
        String groupId = options.kafka().groupId() + "-control";
        Properties properties = options.kafka().clientProperties();
        properties.putIfAbsent("isolation.level", "read_committed");
        KafkaSourceBuilder<SourceRecord> source = KafkaSource.<SourceRecord>builder()
                .setProperties(properties)
                .setTopics(options.topics().control())
                .setGroupId(groupId)
                .setStartingOffsets(OffsetsInitializer.offsets(from))
                .setDeserializer(new SourceRecordDeserializer());
        if (options.sourceEnd() == SourceEnd.LATEST) {
            source.setBounded(OffsetsInitializer.latest());
        }
        return PackedKafkaSource.ofRecords(
                new Topic(StreamQOptions.CONTROL_TOPIC.key(), options.topics().control()),
                source.build(),
                readerProperties(properties, groupId),
                LostPlaces.OF_CONFIGURATIONS);
    }

    private OffsetsInitializer start() {
        return switch (options.sourceStart()) {
            case EARLIEST -> OffsetsInitializer.earliest();
            case COMMITTED -> new CommittedOffsets();
            case LATEST -> OffsetsInitializer.latest();
        };
    }

    /** The compacted topic of the greedy policy. */
    public KafkaSink<PolicyChange> policy() {
        return sink(new PolicyChangeToKafka(options.topics().policy()), "policy");
    }

    /** Records not learnt from. */
    public KafkaSink<DeadLetter> deadLetters() {
        return sink(new DeadLetterToKafka(options.topics(), maxRequestBytes()), "dead-letters");
    }

    /** The compacted topic of the answers to configurations. */
    public KafkaSink<ControlStatus> controlStatus() {
        return sink(new ControlStatusToKafka(options.topics().controlStatus()), "control-status");
    }

    private int maxRequestBytes() {
        String configured = options.kafka().client().get(JobOptions.Kafka.MAX_REQUEST_SIZE);
        return configured == null
                ? (int) producerDefault(JobOptions.Kafka.MAX_REQUEST_SIZE)
                : Integer.parseInt(configured.trim());
    }

    private static Object producerDefault(String setting) {
        return ProducerConfig.configDef().defaultValues().get(setting);
    }

    private <T> KafkaSink<T> sink(KafkaRecordSerializationSchema<T> serializer, String name) {
        JobOptions.Sink sink = options.sink();
        return KafkaSink.<T>builder()
                .setKafkaProducerConfig(producerProperties())
                .setBootstrapServers(options.kafka().bootstrapServers())
                .setRecordSerializer(serializer)
                .setDeliveryGuarantee(sink.guarantee())
                .setTransactionalIdPrefix(sink.transactionalIdPrefix() + '-' + name)
                .build();
    }

    /** Settings of the sinks' producers, without what the sinks add themselves. */
    Properties producerProperties() {
        Properties properties = options.kafka().clientProperties();
        options.tuning().producer().forEach(properties::putIfAbsent);
        // A client that has lost all its brokers drops its metadata (KIP-899); waiting for it has a timeout of its own.
        properties.putIfAbsent(
                "max.block.ms",
                properties.getProperty(DELIVERY_TIMEOUT, String.valueOf(producerDefault(DELIVERY_TIMEOUT))));
        if (options.sink().guarantee() == DeliveryGuarantee.EXACTLY_ONCE) {
            properties.setProperty(
                    "transaction.timeout.ms",
                    String.valueOf(options.sink().transactionTimeout().toMillis()));
        }
        return properties;
    }
}

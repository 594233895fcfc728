package io.streamq.job.kafka;

import io.streamq.job.options.JobOptions;
import io.streamq.job.policy.InvalidPolicyException;
import io.streamq.job.policy.PolicyRulesReader;
import io.streamq.job.record.PolicyControl;
import io.streamq.schemas.PolicyKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The configurations on the control topic at one moment. A job that starts without a snapshot has them before its first experience,
 * which would be learnt by wrong rules otherwise, as nothing orders the two topics.
 *
 * @param configurations the last valid one of each policy
 * @param nextOffsets where to read on
 */
public record PolicyCatalog(List<PolicyControl> configurations, Map<TopicPartition, Long> nextOffsets) {
    private static final Duration POLL = Duration.ofMillis(500);

    /** Nothing configured, and the control topic not read. */
    public static final PolicyCatalog EMPTY = new PolicyCatalog(List.of(), Map.of());

    /** Reads the control topic, which must exist, from beginning to end. */
    public static PolicyCatalog read(JobOptions options) {
        Properties properties = options.kafka().clientProperties();
        properties.putIfAbsent("isolation.level", "read_committed");
        Map<String, PolicyControl> configurations = new TreeMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer
                    .partitionsFor(options.topics().control())
                    .stream()
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(POLL).forEach(consumed -> note(consumed, configurations));
            }
            Map<TopicPartition, Long> next = new HashMap<>();
            partitions.forEach(partition -> next.put(partition, consumer.position(partition)));
            return new PolicyCatalog(List.copyOf(configurations.values()), next);
        }
    }

    private static void note(ConsumerRecord<byte[], byte[]> consumed, Map<String, PolicyControl> configurations) {
        String policyId = consumed.key() == null ? "" : new String(consumed.key(), StandardCharsets.UTF_8);
        if (consumed.value() == null) {
            configurations.remove(policyId);
        } else if (PolicyKey.isPolicyId(policyId) && isValid(consumed.value())) {
            configurations.put(
                    policyId,
                    new PolicyControl(
                            policyId, consumed.value(), consumed.partition(), consumed.offset(), consumed.timestamp()));
        }
    }

    private static boolean isValid(byte[] config) {
        try {
            PolicyRulesReader.read(config);
            return true;
        } catch (InvalidPolicyException refused) {
            return false;
        }
    }
}

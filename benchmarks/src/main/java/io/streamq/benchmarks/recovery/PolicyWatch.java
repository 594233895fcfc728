package io.streamq.benchmarks.recovery;

import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.PolicyUpdate;
import io.streamq.schemas.Topics;
import io.streamq.schemas.WireFormatException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Follows the policy topic, and notices when a new attempt of the job announces. Not thread-safe. */
final class PolicyWatch implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(10);

    private final AvroCodec<PolicyUpdate> codec = AvroCodec.policyUpdate();
    private final KafkaConsumer<byte[], byte[]> consumer;
    private long greatestEpoch;

    PolicyWatch(String bootstrapServers) {
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "fetch.max.wait.ms", "10"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(Topics.POLICY).stream()
                .map(partition -> new TopicPartition(Topics.POLICY, partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /**
     * Reads what has arrived.
     *
     * @return whether it had an update of a greater epoch than any before
     */
    boolean sawNewEpoch() {
        boolean isNew = false;
        for (ConsumerRecord<byte[], byte[]> each : consumer.poll(POLL)) {
            long epoch = epochOf(each);
            isNew |= epoch > greatestEpoch;
            greatestEpoch = Math.max(greatestEpoch, epoch);
        }
        return isNew;
    }

    /** Reads to the end of the topic. */
    void catchUp() {
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            boolean unused = sawNewEpoch();
        }
    }

    private long epochOf(ConsumerRecord<byte[], byte[]> update) {
        try {
            return codec.decode(update.value()).getEpoch();
        } catch (WireFormatException e) {
            throw new IllegalStateException("the job wrote an update that cannot be read", e);
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}

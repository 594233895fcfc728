package io.streamq.job.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * All of a topic, read by one consumer from its beginning to its current end, and on from there whenever asked. Does not wait endlessly for
 * a broker that goes away. Not thread-safe.
 */
public final class WholeTopic implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);
    /** There is no group to leave, and no broker worth waiting for. */
    private static final CloseOptions CLOSE = CloseOptions.timeout(Duration.ofSeconds(1));

    private final String topic;
    private final Duration patience;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;

    /**
     * Connects.
     *
     * @param client further settings of the consumer, which reads only committed records unless they say otherwise
     * @param patience how long Kafka may take to answer, and later make no progress before the end; a long topic may take longer
     * @throws KafkaException if the consumer cannot be set up, the topic cannot be read, or no answer comes
     */
    public WholeTopic(String bootstrapServers, Map<String, String> client, String topic, Duration patience)
            throws InterruptedException {
        this.topic = topic;
        this.patience = patience;
        Map<String, Object> properties = new HashMap<>(client);
        properties.put("bootstrap.servers", bootstrapServers);
        properties.put("enable.auto.commit", "false");
        // Records deleted before they are read are no reason to skip the rest.
        properties.put("auto.offset.reset", "earliest");
        properties.putIfAbsent("isolation.level", "read_committed");
        ConnectionSetup.limit(properties, patience);
        consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            partitions = partitions();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
        } catch (InterruptException e) {
            close();
            throw interrupted(e);
        } catch (KafkaException e) {
            close();
            throw e;
        }
    }

    private List<TopicPartition> partitions() {
        List<TopicPartition> found = consumer.partitionsFor(topic, patience).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        if (found.isEmpty()) {
            throw new UnknownTopicOrPartitionException("topic '" + topic + "' does not exist");
        }
        return found;
    }

    /**
     * Passes on every record since the last time, up to the current end of the topic.
     *
     * @throws KafkaException if the topic cannot be read, or there is no progress within the patience
     */
    public void readOn(Consumer<ConsumerRecord<byte[], byte[]>> each) throws InterruptedException {
        try {
            Map<TopicPartition, Long> ends = endOffsets();
            long position = 0;
            long movedNanos = System.nanoTime();
            while (ends.entrySet().stream().anyMatch(end -> position(end.getKey()) < end.getValue())) {
                ConsumerRecords<byte[], byte[]> came = consumer.poll(POLL);
                came.forEach(each);
                // Not only records: transaction markers have offsets too.
                long reached = partitions.stream().mapToLong(this::position).sum();
                if (reached != position) {
                    position = reached;
                    movedNanos = System.nanoTime();
                } else if (System.nanoTime() - movedNanos > patience.toNanos()) {
                    throw new TimeoutException("topic '" + topic + "' has more records, but none came");
                }
            }
        } catch (InterruptException e) {
            throw interrupted(e);
        }
    }

    /** Current end of each partition. */
    public Map<TopicPartition, Long> endOffsets() throws InterruptedException {
        try {
            return consumer.endOffsets(partitions, patience);
        } catch (InterruptException e) {
            throw interrupted(e);
        }
    }

    private long position(TopicPartition partition) {
        return consumer.position(partition, patience);
    }

    /** Where to resume on each partition. */
    public Map<TopicPartition, Long> nextOffsets() {
        Map<TopicPartition, Long> next = new HashMap<>();
        partitions.forEach(partition -> next.put(partition, position(partition)));
        return next;
    }

    private static InterruptedException interrupted(InterruptException thrown) {
        // Kafka's exception has set the interrupt flag; throwing the checked one must not.
        Thread.interrupted();
        InterruptedException interrupted = new InterruptedException();
        interrupted.initCause(thrown);
        return interrupted;
    }

    @Override
    public void close() {
        consumer.close(CLOSE);
    }
}

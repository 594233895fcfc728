package io.streamq.cli.config;

import io.streamq.cli.kafka.KafkaConnection;
import io.streamq.cli.kafka.TopicOption;
import io.streamq.cli.program.CommandFailure;
import io.streamq.job.kafka.WholeTopic;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;

/** Reads a control topic for a command: failures become sentences for the user, and records without a key are skipped. */
final class TopicReading implements AutoCloseable {
    private final KafkaConnection connection;
    private final WholeTopic topic;

    /** @throws CommandFailure if there is no such topic, or it cannot be read */
    TopicReading(KafkaConnection connection, TopicOption option, String name) {
        this.connection = connection;
        connection.requireTopic(option, name);
        Map<String, String> client = new HashMap<>(connection.clientProperties());
        client.put("isolation.level", "read_committed");
        try {
            topic = new WholeTopic(connection.bootstrapServers(), client, name, KafkaConnection.PATIENCE);
        } catch (KafkaException e) {
            throw connection.failure(e);
        } catch (InterruptedException e) {
            throw connection.interrupted(e);
        }
    }

    /**
     * Passes on every keyed record since the last call.
     *
     * @throws CommandFailure if the topic cannot be read, or the broker has gone
     */
    void readOn(Consumer<ConsumerRecord<byte[], byte[]>> each) {
        try {
            topic.readOn(consumed -> {
                if (consumed.key() != null) {
                    each.accept(consumed);
                }
            });
        } catch (KafkaException e) {
            throw connection.failure(e);
        } catch (InterruptedException e) {
            throw connection.interrupted(e);
        }
    }

    /**
     * Where each partition ends now.
     *
     * @throws CommandFailure if the broker does not answer
     */
    Map<Integer, Long> ends() {
        Map<Integer, Long> ends = new HashMap<>();
        try {
            topic.endOffsets().forEach((partition, end) -> ends.put(partition.partition(), end));
            return ends;
        } catch (KafkaException e) {
            throw connection.failure(e);
        } catch (InterruptedException e) {
            throw connection.interrupted(e);
        }
    }

    @Override
    public void close() {
        topic.close();
    }
}

package io.streamq.agent;

import io.streamq.schemas.Topics;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where and as whom an {@link ExperiencePublisher} publishes.
 *
 * @param bootstrapServers Kafka's {@code host:port}, several separated by commas
 * @param agentId names the Kafka client, and keys experience that names no agent itself; {@code null} to leave such experience without a
 *     key, so that Kafka's producer spreads it over the partitions
 * @param topic the topic of experience
 * @param clientProperties further properties of the Kafka producer, such as those of its security; they override every
 *     default of StreamQ except those its guarantees rest on
 */
public record PublisherSettings(
        String bootstrapServers, @Nullable String agentId, String topic, Map<String, String> clientProperties) {

    public PublisherSettings {
        clientProperties = Map.copyOf(clientProperties);
    }

    /** Publishes to {@link Topics#EXPERIENCES} with no further properties. */
    public static PublisherSettings of(String bootstrapServers, String agentId) {
        return new PublisherSettings(bootstrapServers, agentId, Topics.EXPERIENCES, Map.of());
    }

    /**
     * Publishes to {@link Topics#EXPERIENCES} for no agent in particular, as for a log: one-step updates need no order, and under one
     * key all experience that names no agent would be on one partition, read by one subtask of the job.
     */
    public static PublisherSettings ofNoAgent(String bootstrapServers) {
        return new PublisherSettings(bootstrapServers, null, Topics.EXPERIENCES, Map.of());
    }

    public PublisherSettings withTopic(String newTopic) {
        return new PublisherSettings(bootstrapServers, agentId, newTopic, clientProperties);
    }

    public PublisherSettings withClientProperties(Map<String, String> newClientProperties) {
        return new PublisherSettings(bootstrapServers, agentId, topic, newClientProperties);
    }
}

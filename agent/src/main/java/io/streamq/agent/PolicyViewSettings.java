package io.streamq.agent;

import io.streamq.schemas.PolicyKey;
import io.streamq.schemas.Topics;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which policy a {@link PolicyView} follows, and where.
 *
 * @param bootstrapServers Kafka's {@code host:port}, several separated by commas
 * @param policyId the policy to follow; {@code null} for all of them
 * @param topic the compacted topic of policy updates
 * @param clientProperties further properties of the Kafka consumer, such as those of its security
 */
public record PolicyViewSettings(
        String bootstrapServers, @Nullable String policyId, String topic, Map<String, String> clientProperties) {

    public PolicyViewSettings {
        if (policyId != null && !PolicyKey.isPolicyId(policyId)) {
            throw new IllegalArgumentException("a policyId must have " + PolicyKey.RULE + ": got '" + policyId + "'");
        }
        clientProperties = Map.copyOf(clientProperties);
    }

    /** Follows one policy on {@link Topics#POLICY}. */
    public static PolicyViewSettings of(String bootstrapServers, String policyId) {
        Objects.requireNonNull(
                policyId, "policyId must name the policy to follow: got null; to follow all, take ofAllPolicies");
        return new PolicyViewSettings(bootstrapServers, policyId, Topics.POLICY, Map.of());
    }

    /** Follows every policy on {@link Topics#POLICY}. */
    public static PolicyViewSettings ofAllPolicies(String bootstrapServers) {
        return new PolicyViewSettings(bootstrapServers, null, Topics.POLICY, Map.of());
    }

    public PolicyViewSettings withTopic(String newTopic) {
        return new PolicyViewSettings(bootstrapServers, policyId, newTopic, clientProperties);
    }

    public PolicyViewSettings withClientProperties(Map<String, String> newClientProperties) {
        return new PolicyViewSettings(bootstrapServers, policyId, topic, newClientProperties);
    }
}

package io.streamq.cli.topics;

import io.streamq.cli.kafka.KafkaConnection;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Describes topics and creates them. */
final class TopicAdministration {
    /** For the leaders of a created topic. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration POLL = Duration.ofMillis(20);

    private final KafkaConnection connection;
    private final Admin admin;

    TopicAdministration(KafkaConnection connection, Admin admin) {
        this.connection = connection;
        this.admin = admin;
    }

    /** The topics that exist, by name. */
    Map<String, FoundTopic> find(List<TopicPlan> plans) {
        Map<String, TopicDescription> descriptions = new HashMap<>();
        admin.describeTopics(plans.stream().map(TopicPlan::name).toList())
                .topicNameValues()
                .forEach((name, answer) -> unlessFailedWith(UnknownTopicOrPartitionException.class, answer)
                        .forEach(description -> descriptions.put(name, description)));
        List<ConfigResource> resources = descriptions.keySet().stream()
                .map(TopicAdministration::resource)
                .toList();
        Map<ConfigResource, Config> configs =
                connection.await(admin.describeConfigs(resources).all());

        Map<String, FoundTopic> found = new HashMap<>();
        descriptions.forEach((name, description) -> found.put(
                name,
                new FoundTopic(
                        name,
                        description.partitions().size(),
                        description.partitions().get(0).replicas().size(),
                        configs.get(resource(name)))));
        return found;
    }

    /** How many brokers the cluster has now. */
    int brokers() {
        return connection.await(admin.describeCluster().nodes()).size();
    }

    /** Creates the missing topics and returns them; their partitions can be written. */
    Map<String, FoundTopic> create(List<TopicPlan> plans) {
        CreateTopicsResult result = admin.createTopics(
                plans.stream().map(TopicAdministration::newTopic).toList());
        Set<String> created = new HashSet<>();
        result.values().forEach((name, answer) -> {
            if (!unlessFailedWith(TopicExistsException.class, answer.thenApply(done -> name))
                    .isEmpty()) {
                created.add(name);
            }
        });
        // Described by the answer itself: another broker may not know the topic yet.
        Map<String, FoundTopic> found = new HashMap<>();
        for (String name : created) {
            found.put(
                    name,
                    new FoundTopic(
                            name,
                            connection.await(result.numPartitions(name)),
                            connection.await(result.replicationFactor(name)),
                            connection.await(result.config(name))));
        }
        awaitLeaders(found.values());
        return found;
    }

    /**
     * Waits until every partition has an active leader. A topic is visible a moment before, and a broker may then refuse a
     * producer's first batch but accept the second, after which the first, out of sequence, is lost (KAFKA-15591).
     */
    private void awaitLeaders(Collection<FoundTopic> topics) {
        Map<TopicPartition, OffsetSpec> partitions = new HashMap<>();
        for (FoundTopic topic : topics) {
            for (int partition = 0; partition < topic.partitions(); partition++) {
                partitions.put(new TopicPartition(topic.name(), partition), OffsetSpec.latest());
            }
        }
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!lead(partitions, deadline)) {
            try {
                Thread.sleep(POLL.toMillis());
            } catch (InterruptedException e) {
                throw connection.interrupted(e);
            }
        }
    }

    /** Whether all partitions have leaders, which alone answer this. The client itself waits only once its broker knows the topics. */
    private boolean lead(Map<TopicPartition, OffsetSpec> partitions, long deadline) {
        try {
            var unused = admin.listOffsets(partitions).all().get();
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RetriableException && System.nanoTime() - deadline < 0) {
                return false;
            }
            throw connection.failure(e);
        } catch (InterruptedException e) {
            throw connection.interrupted(e);
        }
    }

    private static NewTopic newTopic(TopicPlan plan) {
        short replication = plan.replication() == null ? -1 : plan.replication();
        return new NewTopic(plan.name(), plan.partitionsToCreate(), replication).configs(plan.settingsToCreate());
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    /** The answer, or empty on the expected failure. */
    private <T> List<T> unlessFailedWith(Class<? extends Exception> expected, KafkaFuture<T> answer) {
        try {
            return List.of(answer.get());
        } catch (ExecutionException e) {
            if (expected.isInstance(e.getCause())) {
                return List.of();
            }
            throw connection.failure(e);
        } catch (InterruptedException e) {
            throw connection.interrupted(e);
        }
    }
}

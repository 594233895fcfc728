package io.streamq.job.kafka;

import io.streamq.job.options.JobOptions;
import io.streamq.job.options.StreamQOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Checks before the start whether the job can run: waiting for a topic that nobody will create helps no one. */
public final class KafkaPreflight {
    /** How long Kafka may take to answer before the start. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final String LONGEST_TRANSACTION = "transaction.max.timeout.ms";

    private final JobOptions options;
    private final Duration patience;

    private KafkaPreflight(JobOptions options, Duration patience) {
        this.options = options;
        this.patience = patience;
    }

    /** What keeps the job from starting, and what to do about it. */
    public static final class NotReadyException extends Exception {
        NotReadyException(String message, Throwable cause) {
            super(message, cause);
        }

        NotReadyException(String message) {
            super(message);
        }
    }

    /**
     * Connects; checks that the topics exist and that the transaction timeout is allowed.
     *
     * @throws NotReadyException if no broker answers within 10 s, it refuses the client, the options are invalid for a client, a topic is
     *     missing, or the transaction timeout is too long
     */
    public static void check(JobOptions options) throws NotReadyException, InterruptedException {
        check(options, PATIENCE);
    }

    static void check(JobOptions options, Duration patience) throws NotReadyException, InterruptedException {
        new KafkaPreflight(options, patience).check();
    }

    private void check() throws NotReadyException, InterruptedException {
        Properties properties = options.kafka().clientProperties();
        ConnectionSetup.limit(properties, patience);
        try (Admin admin = Admin.create(properties)) {
            requireProducer();
            requireTopics(admin);
            if (options.sink().guarantee() == DeliveryGuarantee.EXACTLY_ONCE) {
                requireTransactionTimeout(admin);
            }
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            throw notReady(options, patience, e);
        }
    }

    /** The error for what a Kafka client threw before the start. */
    static NotReadyException notReady(JobOptions options, Duration patience, Exception thrown) {
        KafkaTrouble trouble = new KafkaTrouble(
                options.kafka().bootstrapServers(),
                patience,
                "check the --" + StreamQOptions.KAFKA_CLIENT_PREFIX + "* settings");
        return new NotReadyException(trouble.sentence(thrown), thrown);
    }

    /** Only a producer knows which settings fit together; one that the sinks cannot create would restart the job forever. */
    private void requireProducer() {
        Properties properties = new KafkaEnds(options).producerProperties();
        // It connects at once, and does not close before that has succeeded or failed.
        ConnectionSetup.limit(properties, patience);
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer()).close(Duration.ZERO);
    }

    private void requireTopics(Admin admin)
            throws NotReadyException, ExecutionException, TimeoutException, InterruptedException {
        Set<String> existing = await(admin.listTopics(new ListTopicsOptions().timeoutMs((int) patience.toMillis()))
                .names());
        JobOptions.Topics topics = options.topics();
        List<String> missing = new ArrayList<>();
        for (String topic : topics.all()) {
            if (!existing.contains(topic)) {
                missing.add(topic);
            }
        }
        if (!missing.isEmpty()) {
            throw new NotReadyException("the broker at " + options.kafka().bootstrapServers() + " lacks "
                    + String.join(", ", missing) + ": create with './streamq topics create --bootstrap-servers "
                    + options.kafka().bootstrapServers() + namingOptions(topics)
                    + "', or name others with --streamq.topics.*");
        }
    }

    /** Names that {@code topics create} must be given, as it would create its defaults otherwise. */
    private static String namingOptions(JobOptions.Topics topics) {
        return naming("experiences", StreamQOptions.EXPERIENCES_TOPIC, topics.experiences())
                + naming("policy", StreamQOptions.POLICY_TOPIC, topics.policy())
                + naming("control", StreamQOptions.CONTROL_TOPIC, topics.control())
                + naming("control-status", StreamQOptions.CONTROL_STATUS_TOPIC, topics.controlStatus())
                + naming("dead-letters", StreamQOptions.DEAD_LETTERS_TOPIC, topics.deadLetters());
    }

    private static String naming(String role, ConfigOption<String> option, String name) {
        return name.equals(option.defaultValue()) ? "" : " --" + role + "-topic " + name;
    }

    /** Otherwise no transaction could start, and the job would restart forever. */
    private void requireTransactionTimeout(Admin admin)
            throws NotReadyException, ExecutionException, TimeoutException, InterruptedException {
        long wanted = options.sink().transactionTimeout().toMillis();
        OptionalLong longest = longestTransactionMillis(admin);
        if (longest.isPresent() && wanted > longest.getAsLong()) {
            throw new NotReadyException(StreamQOptions.TRANSACTION_TIMEOUT.key() + " must be at most "
                    + LONGEST_TRANSACTION + " of the broker at "
                    + options.kafka().bootstrapServers() + ": got " + wanted
                    + " ms, and the broker allows " + longest.getAsLong() + " ms. Give --"
                    + StreamQOptions.TRANSACTION_TIMEOUT.key() + "=" + longest.getAsLong()
                    + "ms or less, or raise " + LONGEST_TRANSACTION + " on every broker.");
        }
    }

    /** The least of all brokers; empty if this user may not read it. */
    private OptionalLong longestTransactionMillis(Admin admin)
            throws ExecutionException, TimeoutException, InterruptedException {
        List<ConfigResource> brokers = await(admin.describeCluster().nodes()).stream()
                .map(node -> new ConfigResource(ConfigResource.Type.BROKER, node.idString()))
                .toList();
        try {
            return await(admin.describeConfigs(brokers).all()).values().stream()
                    .flatMap(config -> Stream.ofNullable(config.get(LONGEST_TRANSACTION)))
                    .mapToLong(entry -> Long.parseLong(entry.value()))
                    .min();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                return OptionalLong.empty();
            }
            throw e;
        }
    }

    private <T> T await(KafkaFuture<T> answer) throws ExecutionException, TimeoutException, InterruptedException {
        return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    }
}

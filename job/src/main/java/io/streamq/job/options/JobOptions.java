package io.streamq.job.options;

import io.streamq.job.options.StreamQOptions.SourceEnd;
import io.streamq.job.options.StreamQOptions.SourceStart;
import io.streamq.job.policy.PolicyRules;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.jspecify.annotations.Nullable;

/**
 * Validated options of the job.
 *
 * @param parallelism of the whole job; {@code null} leaves it to Flink
 * @param rowBuffer of each shard, with a backend that stores rows as bytes
 * @param replicatedRows most rows of all shards whose values each TaskManager keeps; 0 for none
 */
public record JobOptions(
        Kafka kafka,
        Topics topics,
        SourceStart sourceStart,
        SourceEnd sourceEnd,
        Policies policies,
        @Nullable Integer parallelism,
        int maxParallelism,
        Duration partnerTimeout,
        Duration checkpointInterval,
        MemorySize rowBuffer,
        int replicatedRows,
        Tuning tuning,
        Sink sink) {

    /** How to reach Kafka; {@code client} goes to every client unchanged. */
    public record Kafka(String bootstrapServers, String groupId, Map<String, String> client) {
        /** A producer setting also read here, so that dead letters fit into its requests. */
        public static final String MAX_REQUEST_SIZE = "max.request.size";

        /** Settings for a client of any kind. */
        public Properties clientProperties() {
            Properties properties = new Properties();
            properties.putAll(client);
            properties.setProperty("bootstrap.servers", bootstrapServers);
            return properties;
        }
    }

    /** The topics' names. */
    public record Topics(String experiences, String policy, String control, String controlStatus, String deadLetters) {
        /** All of them, in the order of the contract. */
        public List<String> all() {
            return List.of(experiences, policy, control, controlStatus, deadLetters);
        }
    }

    /**
     * What happens to experience of unconfigured policies.
     *
     * @param unconfigured how they learn; {@code null} if their experience is rejected
     * @param max most of them on a shard
     */
    public record Policies(@Nullable PolicyRules unconfigured, int max) implements Serializable {}

    /** What the policy topic promises. */
    public record Sink(DeliveryGuarantee guarantee, String transactionalIdPrefix, Duration transactionTimeout) {}

    /**
     * Reads and validates options.
     *
     * @param given {@code streamq.*} keys and their text
     * @throws InvalidOptionsException reporting all violations
     */
    public static JobOptions of(Map<String, String> given) {
        OptionReader reader = new OptionReader(given);
        JobOptions options = read(reader);
        requireRoomForKeyGroups(options, reader);
        requireDistinct(options.topics, reader);
        requireReadableRequestSize(options.kafka, reader);
        requireRoomForACheckpoint(options, reader);
        reader.throwIfViolated();
        return options;
    }

    private static JobOptions read(OptionReader reader) {
        return new JobOptions(
                new Kafka(
                        reader.required(StreamQOptions.BOOTSTRAP_SERVERS, "", text -> !text.isBlank(), "host:port"),
                        reader.notBlank(StreamQOptions.GROUP_ID),
                        reader.clientSettings()),
                new Topics(
                        reader.notBlank(StreamQOptions.EXPERIENCES_TOPIC),
                        reader.notBlank(StreamQOptions.POLICY_TOPIC),
                        reader.notBlank(StreamQOptions.CONTROL_TOPIC),
                        reader.notBlank(StreamQOptions.CONTROL_STATUS_TOPIC),
                        reader.notBlank(StreamQOptions.DEAD_LETTERS_TOPIC)),
                reader.any(StreamQOptions.SOURCE_START),
                reader.any(StreamQOptions.SOURCE_END),
                PolicyOptions.read(reader),
                reader.isGiven(StreamQOptions.PARALLELISM)
                        ? reader.required(StreamQOptions.PARALLELISM, 1, n -> n >= 1, "at least 1")
                        : null,
                reader.valid(StreamQOptions.MAX_PARALLELISM, n -> n >= 1 && n <= 1 << 15, "in [1, 32768]"),
                reader.duration(StreamQOptions.PARTNER_TIMEOUT, Duration.ofMillis(1)),
                reader.duration(StreamQOptions.CHECKPOINT_INTERVAL, Duration.ofMillis(10)),
                reader.any(StreamQOptions.ROW_BUFFER),
                reader.valid(StreamQOptions.REPLICATED_ROWS, n -> n >= 0, "at least 0"),
                reader.any(StreamQOptions.TUNING),
                new Sink(
                        reader.valid(
                                StreamQOptions.DELIVERY_GUARANTEE,
                                guarantee -> guarantee != DeliveryGuarantee.NONE,
                                "at-least-once or exactly-once, as 'none' would lose policy updates"),
                        reader.notBlank(StreamQOptions.TRANSACTIONAL_ID_PREFIX),
                        reader.duration(StreamQOptions.TRANSACTION_TIMEOUT, Duration.ofMillis(1))));
    }

    private static void requireRoomForKeyGroups(JobOptions options, OptionReader reader) {
        if (options.parallelism != null && options.parallelism > options.maxParallelism) {
            reader.violated(
                    StreamQOptions.PARALLELISM.key() + " must be at most " + StreamQOptions.MAX_PARALLELISM.key() + "="
                            + options.maxParallelism + ": got " + options.parallelism);
        }
    }

    /** Otherwise the job would read its own output, forever. */
    private static void requireDistinct(Topics topics, OptionReader reader) {
        if (Set.copyOf(topics.all()).size() < topics.all().size()) {
            reader.violated("streamq.topics.* must name five different topics: got " + String.join(", ", topics.all()));
        }
    }

    private static void requireReadableRequestSize(Kafka kafka, OptionReader reader) {
        String configured = kafka.client.get(Kafka.MAX_REQUEST_SIZE);
        if (configured != null && !isByteCount(configured)) {
            reader.violated(StreamQOptions.KAFKA_CLIENT_PREFIX + Kafka.MAX_REQUEST_SIZE
                    + " must be a whole number of bytes, such as 1048576: got '" + configured + "'");
        }
    }

    /** As Kafka's clients read it. */
    private static boolean isByteCount(String text) {
        try {
            return Integer.parseInt(text.trim()) >= 0;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static void requireRoomForACheckpoint(JobOptions options, OptionReader reader) {
        if (options.sink.guarantee == DeliveryGuarantee.EXACTLY_ONCE
                && options.sink.transactionTimeout.compareTo(options.checkpointInterval) <= 0) {
            reader.violated(StreamQOptions.TRANSACTION_TIMEOUT.key() + " must be longer than "
                    + StreamQOptions.CHECKPOINT_INTERVAL.key() + "=" + options.checkpointInterval
                    + ", or no transaction survives until its commit: got " + options.sink.transactionTimeout);
        }
    }
}

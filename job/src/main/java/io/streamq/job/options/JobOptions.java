package io.streamq.job.options;

import io.streamq.job.options.StreamQOptions.SourceEnd;
import io.streamq.job.options.StreamQOptions.SourceStart;
import io.streamq.learning.Algorithm;
import io.streamq.learning.DoubleQLearning;
import io.streamq.learning.ExpectedSarsa;
import io.streamq.learning.LearningRate;
import io.streamq.learning.QLearning;
import io.streamq.learning.Sarsa;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.jspecify.annotations.Nullable;

/**
 * Validated options of the job.
 *
 * @param parallelism of the whole job; {@code null} leaves it to Flink
 */
public record JobOptions(
        Kafka kafka,
        Topics topics,
        SourceStart sourceStart,
        SourceEnd sourceEnd,
        PolicyDefaults policy,
        int maxStateBytes,
        @Nullable Integer parallelism,
        int maxParallelism,
        Duration partnerTimeout,
        Duration checkpointInterval,
        Sink sink) {

    /** How to reach Kafka; {@code client} goes to every client as it is. */
    public record Kafka(String bootstrapServers, String groupId, Map<String, String> client) {
        /** The settings of a client of any kind. */
        public Properties clientProperties() {
            Properties properties = new Properties();
            properties.putAll(client);
            properties.setProperty("bootstrap.servers", bootstrapServers);
            return properties;
        }
    }

    /** The topics' names. */
    public record Topics(String experiences, String policy, String deadLetters) {}

    /**
     * How a policy learns that nobody configured.
     *
     * @param actions number of actions, at least 1
     * @param discount in [0, 1]
     * @param valueTolerance how far a greedy value may move unannounced; infinite for as far as it likes
     */
    public record PolicyDefaults(
            int actions,
            double discount,
            double initialQ,
            Algorithm algorithm,
            LearningRate learningRate,
            double valueTolerance)
            implements Serializable {}

    /** What the policy topic promises. */
    public record Sink(DeliveryGuarantee guarantee, String transactionalIdPrefix, Duration transactionTimeout) {}

    /**
     * Reads and validates options.
     *
     * @param given {@code streamq.*} keys and their text
     * @throws InvalidOptionsException telling everything that is wrong
     */
    public static JobOptions of(Map<String, String> given) {
        return new Reader(given).read();
    }

    private static final class Reader {
        private static final Duration SHORTEST = Duration.ofMillis(1);
        /** Kafka counts milliseconds in 31 bits. */
        private static final Duration LONGEST = Duration.ofDays(24);

        private final Map<String, String> given;
        private final Configuration configuration = new Configuration();
        private final List<String> violations = new ArrayList<>();

        Reader(Map<String, String> given) {
            this.given = new TreeMap<>(given);
            this.given.forEach(configuration::setString);
        }

        JobOptions read() {
            refuseUnknownKeys();
            JobOptions options = new JobOptions(
                    new Kafka(
                            required(StreamQOptions.BOOTSTRAP_SERVERS, "", text -> !text.isBlank(), "host:port"),
                            notBlank(StreamQOptions.GROUP_ID),
                            clientSettings()),
                    new Topics(
                            notBlank(StreamQOptions.EXPERIENCES_TOPIC),
                            notBlank(StreamQOptions.POLICY_TOPIC),
                            notBlank(StreamQOptions.DEAD_LETTERS_TOPIC)),
                    valid(StreamQOptions.SOURCE_START, start -> true, ""),
                    valid(StreamQOptions.SOURCE_END, end -> true, ""),
                    new PolicyDefaults(
                            required(StreamQOptions.ACTIONS, 1, n -> n >= 1 && n <= 1 << 16, "in [1, 65536]"),
                            valid(StreamQOptions.DISCOUNT, d -> d >= 0 && d <= 1, "in [0, 1]"),
                            valid(StreamQOptions.INITIAL_Q, Double::isFinite, "finite"),
                            algorithm(),
                            learningRate(),
                            valid(StreamQOptions.VALUE_TOLERANCE, t -> t >= 0, "at least 0")),
                    valid(StreamQOptions.STATE_BYTES, n -> n >= 1 && n <= 1 << 16, "in [1, 65536]"),
                    configuration.contains(StreamQOptions.PARALLELISM)
                            ? required(StreamQOptions.PARALLELISM, 1, n -> n >= 1, "at least 1")
                            : null,
                    valid(StreamQOptions.MAX_PARALLELISM, n -> n >= 1 && n <= 1 << 15, "in [1, 32768]"),
                    valid(StreamQOptions.PARTNER_TIMEOUT, d -> isBetween(SHORTEST, d, LONGEST), "in [1 ms, 24 d]"),
                    valid(
                            StreamQOptions.CHECKPOINT_INTERVAL,
                            d -> isBetween(SHORTEST.multipliedBy(10), d, LONGEST),
                            "in [10 ms, 24 d]"),
                    new Sink(
                            valid(
                                    StreamQOptions.DELIVERY_GUARANTEE,
                                    guarantee -> guarantee != DeliveryGuarantee.NONE,
                                    "at-least-once or exactly-once, as none would lose policy updates"),
                            notBlank(StreamQOptions.TRANSACTIONAL_ID_PREFIX),
                            valid(
                                    StreamQOptions.TRANSACTION_TIMEOUT,
                                    d -> isBetween(SHORTEST, d, LONGEST),
                                    "in [1 ms, 24 d]")));
            if (options.parallelism != null && options.parallelism > options.maxParallelism) {
                violations.add(StreamQOptions.PARALLELISM.key() + " must be at most "
                        + StreamQOptions.MAX_PARALLELISM.key() + "=" + options.maxParallelism + ": got "
                        + options.parallelism);
            }
            requireDistinct(options.topics);
            requireRoomForACheckpoint(options);
            if (!violations.isEmpty()) {
                throw new InvalidOptionsException(violations);
            }
            return options;
        }

        /** What the job wrote it would read again, for ever. */
        private void requireDistinct(Topics topics) {
            if (Set.copyOf(List.of(topics.experiences, topics.policy, topics.deadLetters))
                            .size()
                    < 3) {
                violations.add("streamq.topics.* must name three different topics: got " + topics.experiences + ", "
                        + topics.policy + ", " + topics.deadLetters);
            }
        }

        private void requireRoomForACheckpoint(JobOptions options) {
            if (options.sink.guarantee == DeliveryGuarantee.EXACTLY_ONCE
                    && options.sink.transactionTimeout.compareTo(options.checkpointInterval) <= 0) {
                violations.add(StreamQOptions.TRANSACTION_TIMEOUT.key() + " must be longer than "
                        + StreamQOptions.CHECKPOINT_INTERVAL.key() + "=" + options.checkpointInterval
                        + ", or no transaction lives to its commit: got " + options.sink.transactionTimeout);
            }
        }

        private static boolean isBetween(Duration least, Duration duration, Duration most) {
            return duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0;
        }

        private void refuseUnknownKeys() {
            List<String> known =
                    StreamQOptions.all().stream().map(ConfigOption::key).toList();
            for (String key : given.keySet()) {
                if (!known.contains(key) && !isClientSetting(key)) {
                    violations.add(key + " is no option of StreamQ; the nearest is " + NearestKey.to(key, known));
                }
            }
        }

        private static boolean isClientSetting(String key) {
            return key.startsWith(StreamQOptions.KAFKA_CLIENT_PREFIX)
                    && key.length() > StreamQOptions.KAFKA_CLIENT_PREFIX.length();
        }

        private Map<String, String> clientSettings() {
            Map<String, String> settings = new TreeMap<>();
            given.forEach((key, value) -> {
                if (isClientSetting(key)) {
                    settings.put(key.substring(StreamQOptions.KAFKA_CLIENT_PREFIX.length()), value);
                }
            });
            return settings;
        }

        private Algorithm algorithm() {
            double epsilon = valid(StreamQOptions.EPSILON, e -> e >= 0 && e <= 1, "in [0, 1]");
            return switch (valid(StreamQOptions.ALGORITHM, kind -> true, "")) {
                case Q_LEARNING -> new QLearning();
                case DOUBLE_Q_LEARNING -> new DoubleQLearning();
                case EXPECTED_SARSA -> new ExpectedSarsa(epsilon);
                case SARSA -> new Sarsa();
                default -> {
                    violations.add(StreamQOptions.ALGORITHM.key()
                            + " must be Q_LEARNING, DOUBLE_Q_LEARNING, EXPECTED_SARSA or SARSA: got "
                            + given.get(StreamQOptions.ALGORITHM.key()));
                    yield new QLearning();
                }
            };
        }

        private LearningRate learningRate() {
            double alpha = valid(StreamQOptions.ALPHA, a -> a > 0 && a <= 1, "in (0, 1]");
            double omega = valid(StreamQOptions.OMEGA, w -> w > 0 && w <= 1, "in (0, 1]");
            double c = valid(StreamQOptions.HARMONIC_C, x -> x >= 0 && Double.isFinite(x), "at least 0");
            return switch (valid(StreamQOptions.LEARNING_RATE, schedule -> true, "")) {
                case POLYNOMIAL -> new LearningRate.Polynomial(omega);
                case CONSTANT -> new LearningRate.Constant(alpha);
                case HARMONIC -> new LearningRate.Harmonic(c);
                case SAMPLE_AVERAGE -> new LearningRate.SampleAverage();
                default -> {
                    violations.add(StreamQOptions.LEARNING_RATE.key()
                            + " must be POLYNOMIAL, CONSTANT, HARMONIC or SAMPLE_AVERAGE: got "
                            + given.get(StreamQOptions.LEARNING_RATE.key()));
                    yield new LearningRate.SampleAverage();
                }
            };
        }

        private String notBlank(ConfigOption<String> option) {
            return valid(option, text -> !text.isBlank(), "not empty");
        }

        /** The value, or the default once a violation is noted, so that reading goes on and finds the rest. */
        private <T> T valid(ConfigOption<T> option, Predicate<T> rule, String expected) {
            return required(option, option.defaultValue(), rule, expected);
        }

        private <T> T required(ConfigOption<T> option, T fallback, Predicate<T> rule, String expected) {
            if (!option.hasDefaultValue() && !configuration.contains(option)) {
                violations.add(option.key() + " is required: give --" + option.key() + "=VALUE");
                return fallback;
            }
            T value;
            try {
                value = configuration.get(option);
            } catch (IllegalArgumentException e) {
                violations.add(
                        option.key() + " cannot be read from '" + given.get(option.key()) + "': " + rootMessage(e));
                return fallback;
            }
            if (!rule.test(value)) {
                violations.add(option.key() + " must be " + expected + ": got " + value);
                return fallback;
            }
            return value;
        }

        private static String rootMessage(Throwable thrown) {
            Throwable root = thrown;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            return String.valueOf(root.getMessage());
        }
    }
}

package io.streamq.job.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.streamq.job.options.JobOptions.Policies;
import io.streamq.job.options.StreamQOptions.SourceEnd;
import io.streamq.job.options.StreamQOptions.SourceStart;
import io.streamq.job.policy.EmissionRules;
import io.streamq.job.policy.PolicyRules;
import io.streamq.job.policy.RowLimits;
import io.streamq.learning.Algorithm;
import io.streamq.learning.DoubleQLearning;
import io.streamq.learning.ExpectedSarsa;
import io.streamq.learning.LearningRate;
import io.streamq.learning.QLearning;
import io.streamq.learning.RewardTransform;
import io.streamq.learning.Sarsa;
import io.streamq.learning.SoftmaxExpectedSarsa;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobOptionsTest {
    private static final Map<String, String> REQUIRED =
            Map.of("streamq.kafka.bootstrap-servers", "broker:9092", "streamq.policy.actions", "4");

    /** Each option with a text that is neither its default nor any other's. */
    private static final Map<String, String> EVERY = Map.ofEntries(
            Map.entry("streamq.kafka.bootstrap-servers", "broker:9092"),
            Map.entry("streamq.kafka.group-id", "learners"),
            Map.entry("streamq.topics.experiences", "e"),
            Map.entry("streamq.topics.policy", "p"),
            Map.entry("streamq.topics.control", "c"),
            Map.entry("streamq.topics.control-status", "s"),
            Map.entry("streamq.topics.dead-letters", "d"),
            Map.entry("streamq.source.start", "COMMITTED"),
            Map.entry("streamq.source.end", "LATEST"),
            Map.entry("streamq.policy.actions", "7"),
            Map.entry("streamq.policy.discount", "0.5"),
            Map.entry("streamq.policy.initial-q", "-2.5"),
            Map.entry("streamq.policy.algorithm", "EXPECTED_SARSA"),
            Map.entry("streamq.policy.epsilon", "0.25"),
            Map.entry("streamq.policy.temperature", "1.5"),
            Map.entry("streamq.policy.reward.scale", "0.01"),
            Map.entry("streamq.policy.reward.clip-min", "-3"),
            Map.entry("streamq.policy.reward.clip-max", "4"),
            Map.entry("streamq.policy.learning-rate.schedule", "HARMONIC"),
            Map.entry("streamq.policy.learning-rate.omega", "0.8"),
            Map.entry("streamq.policy.learning-rate.alpha", "0.3"),
            Map.entry("streamq.policy.learning-rate.c", "12"),
            Map.entry("streamq.emission.margin", "0.375"),
            Map.entry("streamq.emission.minimum-visits", "6"),
            Map.entry("streamq.emission.minimum-interval", "30 ms"),
            Map.entry("streamq.emission.value-tolerance", "0.125"),
            Map.entry("streamq.emission.heartbeat", "9 min"),
            Map.entry("streamq.limits.state-bytes", "99"),
            Map.entry("streamq.limits.rows", "5000"),
            Map.entry("streamq.limits.time-to-live", "8 d"),
            Map.entry("streamq.limits.duplicate-window", "16"),
            Map.entry("streamq.policies.unknown", "CREATE"), // the other one leaves no rules to look at
            Map.entry("streamq.policies.max", "77"),
            Map.entry("streamq.job.parallelism", "3"),
            Map.entry("streamq.job.max-parallelism", "64"),
            Map.entry("streamq.job.partner-timeout", "5 s"),
            Map.entry("streamq.job.checkpoint-interval", "250 ms"),
            Map.entry("streamq.job.row-buffer", "5 mb"),
            Map.entry("streamq.job.replicated-rows", "1234"),
            Map.entry("streamq.job.tuning", "throughput"),
            Map.entry("streamq.sink.delivery-guarantee", "exactly-once"),
            Map.entry("streamq.sink.transactional-id-prefix", "mine"),
            Map.entry("streamq.sink.transaction-timeout", "2 min"));

    private static JobOptions with(String key, String value) {
        Map<String, String> given = new HashMap<>(REQUIRED);
        given.put(key, value);
        return JobOptions.of(given);
    }

    private static List<String> violationsOf(Map<String, String> given) {
        try {
            JobOptions.of(given);
            return List.of();
        } catch (InvalidOptionsException e) {
            return e.violations();
        }
    }

    @Test
    void whatIsNotGivenHasItsDefault() {
        JobOptions options = JobOptions.of(REQUIRED);
        assertThat(options.kafka()).isEqualTo(new JobOptions.Kafka("broker:9092", "streamq", Map.of()));
        assertThat(options.topics())
                .isEqualTo(new JobOptions.Topics(
                        "streamq.experiences.v1",
                        "streamq.policy.v1",
                        "streamq.control.v1",
                        "streamq.control-status.v1",
                        "streamq.dead-letters.v1"));
        assertThat(options.sourceStart()).isEqualTo(SourceStart.EARLIEST);
        assertThat(options.sourceEnd()).isEqualTo(SourceEnd.NEVER);
        assertThat(options.policies().max()).isEqualTo(1000);
        PolicyRules policy = options.policies().unconfigured();
        assertThat(policy.actions()).isEqualTo(4);
        assertThat(policy.generation()).isZero();
        assertThat(policy.frozen()).isFalse();
        assertThat(policy.discount()).isEqualTo(0.99);
        assertThat(policy.initialQ()).isZero();
        assertThat(policy.algorithm()).isEqualTo(new QLearning());
        assertThat(policy.learningRate())
                .isInstanceOfSatisfying(LearningRate.Polynomial.class, rate -> assertThat(rate.omega())
                        .isEqualTo(0.7));
        assertThat(policy.reward()).isEqualTo(RewardTransform.NONE);
        assertThat(policy.emission()).isEqualTo(EmissionRules.EACH_GREEDY_CHANGE);
        assertThat(policy.limits()).isEqualTo(RowLimits.DEFAULT);
        assertThat(options.parallelism()).isNull();
        assertThat(options.maxParallelism()).isEqualTo(128);
        assertThat(options.partnerTimeout()).isEqualTo(Duration.ofSeconds(60));
        assertThat(options.checkpointInterval()).isEqualTo(Duration.ofSeconds(10));
        assertThat(options.rowBuffer()).isEqualTo(MemorySize.ofMebiBytes(32));
        assertThat(options.replicatedRows()).isEqualTo(500_000);
        assertThat(options.tuning()).isEqualTo(Tuning.LATENCY);
        assertThat(options.sink())
                .isEqualTo(new JobOptions.Sink(DeliveryGuarantee.AT_LEAST_ONCE, "streamq", Duration.ofMinutes(15)));
    }

    @Test
    void everyOptionIsReadIntoItsOwnSetting() {
        assertThat(EVERY)
                .containsOnlyKeys(
                        StreamQOptions.all().stream().map(ConfigOption::key).toList());
        assertThat(JobOptions.of(EVERY))
                .isEqualTo(new JobOptions(
                        new JobOptions.Kafka("broker:9092", "learners", Map.of()),
                        new JobOptions.Topics("e", "p", "c", "s", "d"),
                        SourceStart.COMMITTED,
                        SourceEnd.LATEST,
                        new Policies(
                                new PolicyRules(
                                        7,
                                        0,
                                        false,
                                        0.5,
                                        -2.5,
                                        new SoftmaxExpectedSarsa(1.5),
                                        new LearningRate.Harmonic(12),
                                        new RewardTransform(0.01, -3, 4),
                                        new EmissionRules(0.375, 6, 30, 0.125, 540_000),
                                        new RowLimits(99, 5000, 691_200_000, 16)),
                                77),
                        3,
                        64,
                        Duration.ofSeconds(5),
                        Duration.ofMillis(250),
                        MemorySize.ofMebiBytes(5),
                        1234,
                        Tuning.THROUGHPUT,
                        new JobOptions.Sink(DeliveryGuarantee.EXACTLY_ONCE, "mine", Duration.ofMinutes(2))));
    }

    @Test
    void whereUnknownPoliciesAreRejectedTheirRulesAreNotAskedFor() {
        JobOptions options =
                JobOptions.of(Map.of("streamq.kafka.bootstrap-servers", "b:1", "streamq.policies.unknown", "REJECT"));
        assertThat(options.policies().unconfigured()).isNull();
    }

    @Test
    void whereUnknownPoliciesAreRejectedTheirRulesMustStillBeValid() {
        assertThat(violationsOf(Map.of(
                        "streamq.kafka.bootstrap-servers",
                        "b:1",
                        "streamq.policies.unknown",
                        "REJECT",
                        "streamq.policy.actions",
                        "0",
                        "streamq.policy.discount",
                        "2")))
                .satisfiesExactlyInAnyOrder(
                        each -> assertThat(each).startsWith("streamq.policy.actions must be in [1, 32768]"),
                        each -> assertThat(each).startsWith("streamq.policy.discount must be in [0, 1]"));
    }

    @Test
    void eachAlgorithmIsChosenByItsName() {
        assertThat(algorithm("Q_LEARNING")).isEqualTo(new QLearning());
        assertThat(algorithm("DOUBLE_Q_LEARNING")).isEqualTo(new DoubleQLearning());
        assertThat(algorithm("EXPECTED_SARSA")).isEqualTo(new ExpectedSarsa(0.1));
        assertThat(algorithm("SARSA")).isEqualTo(new Sarsa());
        assertThat(with("streamq.policy.temperature", "2")
                        .policies()
                        .unconfigured()
                        .algorithm())
                .as("a temperature is expected SARSA's alone")
                .isEqualTo(new QLearning());
    }

    private static Algorithm algorithm(String name) {
        return with("streamq.policy.algorithm", name).policies().unconfigured().algorithm();
    }

    /** Every schedule's parameter is given; the one that is not its own must not show. */
    @ParameterizedTest
    @CsvSource({"CONSTANT, 0.3", "POLYNOMIAL, 0.0625", "HARMONIC, 0.4642857142857143", "SAMPLE_AVERAGE, 0.0625"})
    void eachScheduleTakesItsOwnParameter(String schedule, double rateOfThe16thVisit) {
        Map<String, String> given = new HashMap<>(EVERY);
        given.put("streamq.policy.learning-rate.schedule", schedule);
        given.put("streamq.policy.learning-rate.omega", "1");
        assertThat(JobOptions.of(given).policies().unconfigured().learningRate().at(16))
                .isEqualTo(rateOfThe16thVisit);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "streamq.kafka.bootstrap-servers      |      | must be host:port: got",
                "streamq.topics.policy                |      | must be not empty: got",
                "streamq.source.end                   | soon | cannot be read from 'soon'",
                "streamq.source.start                 | soon | cannot be read from 'soon'",
                "streamq.policy.actions               | 0    | must be in [1, 32768]: got 0",
                "streamq.policy.discount              | 1.1  | must be in [0, 1]: got 1.1",
                "streamq.policy.discount              | NaN  | must be in [0, 1]: got NaN",
                "streamq.policy.initial-q             | Infinity | must be finite: got Infinity",
                "streamq.policy.algorithm             | UNKNOWN | must be one that this release knows: Q_LEARNING,"
                        + " DOUBLE_Q_LEARNING, EXPECTED_SARSA or SARSA",
                "streamq.policy.algorithm             | WATKINS_Q_LAMBDA | WATKINS_Q_LAMBDA cannot be exact where"
                        + " states live on different shards",
                "streamq.policy.epsilon               | -0.1 | must be in [0, 1]: got -0.1",
                "streamq.policy.learning-rate.schedule | UNKNOWN | must be one that this release knows: CONSTANT,"
                        + " POLYNOMIAL, HARMONIC or SAMPLE_AVERAGE",
                "streamq.policy.learning-rate.omega   | 0    | must be in (0, 1]: got 0.0",
                "streamq.policy.learning-rate.alpha   | 1.5  | must be in (0, 1]: got 1.5",
                "streamq.policy.learning-rate.c       | -1   | must be at least 0: got -1.0",
                "streamq.policy.temperature           | 0    | must be greater than 0 and finite, or null: got 0.0",
                "streamq.policy.reward.scale          | -1   | must be greater than 0 and finite: got -1.0",
                "streamq.policy.reward.clip-min       | NaN  | must be finite, or null: got NaN",
                "streamq.policy.reward.clip-max       | NaN  | must be finite, or null: got NaN",
                "streamq.emission.margin              | -1   | must be at least 0: got -1.0",
                "streamq.emission.minimum-visits      | 0    | must be at least 1: got 0",
                "streamq.emission.minimum-interval    | soon | cannot be read from 'soon'",
                "streamq.emission.value-tolerance     | NaN  | must be at least 0, or null: got NaN",
                "streamq.emission.heartbeat           | 999 ms | must be at least 1000, or null: got 999",
                "streamq.limits.rows                  | 0    | must be at least 1, or null: got 0",
                "streamq.limits.time-to-live          | 1 ms | must be at least 1000, or null: got 1",
                "streamq.limits.duplicate-window      | -1   | must be in [0, 4096]: got -1",
                "streamq.policies.unknown             | LEARN | cannot be read from 'LEARN'",
                "streamq.policies.max                 | 0    | must be at least 1: got 0",
                "streamq.limits.state-bytes           | 0    | must be in [1, 65536]: got 0",
                "streamq.job.parallelism              | 0    | must be at least 1: got 0",
                "streamq.job.parallelism              | 129  | must be at most streamq.job.max-parallelism=128: got"
                        + " 129",
                "streamq.job.max-parallelism          | 32769 | must be in [1, 32768]: got 32769",
                "streamq.job.partner-timeout          | 0 s  | must be in [1 ms, 24 d]: got PT0S",
                "streamq.job.partner-timeout          | long | cannot be read from 'long'",
                "streamq.job.checkpoint-interval      | 9 ms | must be in [10 ms, 24 d]: got PT0.009S",
                "streamq.sink.delivery-guarantee      | none | must be at-least-once or exactly-once, as 'none' would"
                        + " lose policy updates",
                "streamq.sink.transaction-timeout     | 0 s  | must be in [1 ms, 24 d]: got PT0S"
            })
    void aValueThatCannotBeIsRefusedNamingOptionRuleAndValue(String key, String value, String sentence) {
        Map<String, String> given = new HashMap<>(REQUIRED);
        given.put(key, value == null ? "" : value);
        assertThat(violationsOf(given)).singleElement().asString().startsWith(key + " " + sentence);
    }

    @Test
    void allViolationsAreReportedTogether() {
        Map<String, String> given = Map.of(
                "streamq.policy.discount", "2",
                "streamq.policy.gamma", "0.9",
                "streamq.policy.initial-q", "many",
                "streamq.job.parallelism", "200");
        assertThat(violationsOf(given))
                .satisfiesExactlyInAnyOrder(
                        each -> assertThat(each)
                                .isEqualTo("streamq.kafka.bootstrap-servers is required:"
                                        + " give --streamq.kafka.bootstrap-servers=VALUE"),
                        each -> assertThat(each).startsWith("streamq.policy.actions is required"),
                        each -> assertThat(each).startsWith("streamq.policy.discount must be in [0, 1]: got 2.0"),
                        each -> assertThat(each).startsWith("streamq.policy.gamma is not an option"),
                        each -> assertThat(each).startsWith("streamq.policy.initial-q cannot be read from 'many'"),
                        each -> assertThat(each).startsWith("streamq.job.parallelism must be at most"));
        assertThatExceptionOfType(InvalidOptionsException.class)
                .isThrownBy(() -> JobOptions.of(given))
                .withMessageContainingAll("discount", "gamma", "many");
    }

    @ParameterizedTest
    @CsvSource({
        "streamq.policy.action, streamq.policy.actions",
        "streamq.policy.learning-rate, streamq.policy.learning-rate.c",
        "streamq.policy.learning-rate.alhpa, streamq.policy.learning-rate.alpha",
        "streamq.job.paralelism, streamq.job.parallelism"
    })
    void anUnknownKeyIsRefusedNamingTheNearest(String mistyped, String meant) {
        Map<String, String> given = new HashMap<>(REQUIRED);
        given.put(mistyped, "1");
        assertThat(violationsOf(given))
                .containsExactly(mistyped + " is not an option of StreamQ; the nearest is " + meant);
    }

    @Test
    void clientSettingsGoToEveryKafkaClientAsTheyAre() {
        JobOptions.Kafka kafka =
                with("streamq.kafka.client.security.protocol", "SSL").kafka();
        assertThat(kafka.client()).containsExactly(Map.entry("security.protocol", "SSL"));
        assertThat(kafka.clientProperties())
                .containsOnly(Map.entry("security.protocol", "SSL"), Map.entry("bootstrap.servers", "broker:9092"));
    }

    @Test
    void aClientSettingWithoutANameIsRefused() {
        assertThatExceptionOfType(InvalidOptionsException.class)
                .isThrownBy(() -> with("streamq.kafka.client.", "x"))
                .withMessageContaining("streamq.kafka.client. is not an option");
    }

    @Test
    void everyOptionBeginsWithThePrefixAndSaysWhatItIsFor() {
        assertThat(StreamQOptions.all()).allSatisfy(option -> {
            assertThat(option.key()).startsWith(StreamQOptions.PREFIX).matches("[a-z.-]+");
            assertThat(option.description()).isNotNull();
        });
    }

    @Test
    void theJobMustNotReadWhatItWrites() {
        assertThatExceptionOfType(InvalidOptionsException.class)
                .isThrownBy(() -> JobOptions.of(Map.of(
                        "streamq.kafka.bootstrap-servers",
                        "b:1",
                        "streamq.policy.actions",
                        "2",
                        "streamq.topics.dead-letters",
                        "streamq.experiences.v1")))
                .withMessageContaining("streamq.topics.* must name five different topics");
    }

    @Test
    void aTransactionMustOutliveACheckpointInterval() {
        assertThatExceptionOfType(InvalidOptionsException.class)
                .isThrownBy(() -> JobOptions.of(Map.of(
                        "streamq.kafka.bootstrap-servers",
                        "b:1",
                        "streamq.policy.actions",
                        "2",
                        "streamq.sink.delivery-guarantee",
                        "exactly-once",
                        "streamq.job.checkpoint-interval",
                        "20 min")))
                .withMessageContaining("streamq.sink.transaction-timeout must be longer than");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1MB", "", "-1", "4294967296"})
    void aRequestSizeThatIsNoNumberOfBytesIsAViolation(String size) {
        Map<String, String> given = new HashMap<>(REQUIRED);
        given.put("streamq.kafka.client.max.request.size", size);
        given.put("streamq.job.parallelism", "0");
        assertThat(violationsOf(given))
                .hasSize(2)
                .contains(
                        "streamq.kafka.client.max.request.size must be a whole number of bytes, such as 1048576: got '"
                                + size + "'");
    }

    @Test
    void aRequestSizeIsReadAsKafkasClientsReadIt() {
        assertThat(with("streamq.kafka.client.max.request.size", " 2097152 ")
                        .kafka()
                        .client())
                .containsEntry("max.request.size", " 2097152 ");
    }
}

package io.streamq.job.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import io.streamq.job.policy.PolicyRules;
import io.streamq.job.policy.RowLimits;
import io.streamq.schemas.AlgorithmKind;
import io.streamq.schemas.LearningRateSchedule;
import io.streamq.schemas.Topics;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.connector.base.DeliveryGuarantee;

/** Every option of the job. {@code docs/configuration.md} is generated from this class. */
public final class StreamQOptions {
    /** Prefix of all options; any other key that has it is an error. */
    public static final String PREFIX = "streamq.";

    /** The rest goes to every Kafka client unchanged: {@code streamq.kafka.client.security.protocol=SSL}. */
    public static final String KAFKA_CLIENT_PREFIX = "streamq.kafka.client.";

    public static final ConfigOption<String> BOOTSTRAP_SERVERS = key("streamq.kafka.bootstrap-servers")
            .stringType()
            .noDefaultValue()
            .withDescription("Addresses of the Kafka brokers, host:port, comma-separated. Required.");

    public static final ConfigOption<String> GROUP_ID = key("streamq.kafka.group-id")
            .stringType()
            .defaultValue("streamq")
            .withDescription(
                    "Consumer group to which the job commits its offsets with each checkpoint, for others to see. The"
                            + " job itself resumes from its snapshots. The group of the control topic has -control appended.");

    public static final ConfigOption<String> EXPERIENCES_TOPIC = key("streamq.topics.experiences")
            .stringType()
            .defaultValue(Topics.EXPERIENCES)
            .withDescription("Topic of the experience.");

    public static final ConfigOption<String> POLICY_TOPIC = key("streamq.topics.policy")
            .stringType()
            .defaultValue(Topics.POLICY)
            .withDescription("Compacted topic of the greedy policy.");

    public static final ConfigOption<String> CONTROL_TOPIC = key("streamq.topics.control")
            .stringType()
            .defaultValue(Topics.CONTROL)
            .withDescription("Compacted topic of the policies' configurations.");

    public static final ConfigOption<String> CONTROL_STATUS_TOPIC = key("streamq.topics.control-status")
            .stringType()
            .defaultValue(Topics.CONTROL_STATUS)
            .withDescription("Compacted topic on which each shard reports the result of a configuration.");

    public static final ConfigOption<String> DEAD_LETTERS_TOPIC = key("streamq.topics.dead-letters")
            .stringType()
            .defaultValue(Topics.DEAD_LETTERS)
            .withDescription("Topic of the records that could not be learnt from.");

    public static final ConfigOption<SourceStart> SOURCE_START = key("streamq.source.start")
            .enumType(SourceStart.class)
            .defaultValue(SourceStart.EARLIEST)
            .withDescription(
                    "Where a job that is started without a snapshot begins. EARLIEST: with all experience that the"
                            + " topic holds, since such a job knows nothing. COMMITTED: where the consumer group stopped."
                            + " LATEST: with experience that arrives from now on.");

    public static final ConfigOption<SourceEnd> SOURCE_END = key("streamq.source.end")
            .enumType(SourceEnd.class)
            .defaultValue(SourceEnd.NEVER)
            .withDescription(
                    "NEVER follows the topic without end. LATEST ends the job at what the topic holds when it starts,"
                            + " to learn from a log once.");

    public static final ConfigOption<Integer> ACTIONS = key("streamq.policy.actions")
            .intType()
            .noDefaultValue()
            .withDescription("Number of actions of each policy that nobody configured, in [1, "
                    + PolicyRules.MAX_ACTIONS + "]. Required, unless streamq.policies.unknown is REJECT.");

    public static final ConfigOption<Double> DISCOUNT = key("streamq.policy.discount")
            .doubleType()
            .defaultValue(0.99)
            .withDescription("Discount factor, in [0, 1]; an experience's own discount takes precedence.");

    public static final ConfigOption<Double> INITIAL_Q = key("streamq.policy.initial-q")
            .doubleType()
            .defaultValue(0.0)
            .withDescription("Value of every action not yet tried, and of every state not yet acted in.");

    public static final ConfigOption<AlgorithmKind> ALGORITHM = key("streamq.policy.algorithm")
            .enumType(AlgorithmKind.class)
            .defaultValue(AlgorithmKind.Q_LEARNING)
            .withDescription("Q_LEARNING, DOUBLE_Q_LEARNING, EXPECTED_SARSA or SARSA.");

    public static final ConfigOption<Double> EPSILON = key("streamq.policy.epsilon")
            .doubleType()
            .defaultValue(0.1)
            .withDescription(
                    "EXPECTED_SARSA: the probability of a uniformly random action in the policy that it evaluates,"
                            + " in [0, 1].");

    public static final ConfigOption<Double> TEMPERATURE = key("streamq.policy.temperature")
            .doubleType()
            .noDefaultValue()
            .withDescription(
                    "EXPECTED_SARSA: evaluates a softmax policy with this temperature, greater than 0, instead of the"
                            + " epsilon-greedy one.");

    public static final ConfigOption<Double> REWARD_SCALE = key("streamq.policy.reward.scale")
            .doubleType()
            .defaultValue(1.0)
            .withDescription("Factor by which every reward is multiplied before clipping.");

    public static final ConfigOption<Double> REWARD_CLIP_MIN = key("streamq.policy.reward.clip-min")
            .doubleType()
            .noDefaultValue()
            .withDescription("Smallest reward, after scaling. By default none.");

    public static final ConfigOption<Double> REWARD_CLIP_MAX = key("streamq.policy.reward.clip-max")
            .doubleType()
            .noDefaultValue()
            .withDescription("Greatest reward, after scaling. By default none.");

    public static final ConfigOption<LearningRateSchedule> LEARNING_RATE = key("streamq.policy.learning-rate.schedule")
            .enumType(LearningRateSchedule.class)
            .defaultValue(LearningRateSchedule.POLYNOMIAL)
            .withDescription(
                    "The rate at the n-th visit to a state and action. POLYNOMIAL: n^-omega, settles. CONSTANT:"
                            + " alpha, follows a changing world and never settles. HARMONIC: (c+1)/(c+n). SAMPLE_AVERAGE: 1/n,"
                            + " exponentially slow in 1/(1-discount), for comparison only.");

    public static final ConfigOption<Double> OMEGA = key("streamq.policy.learning-rate.omega")
            .doubleType()
            .defaultValue(0.7)
            .withDescription("POLYNOMIAL: the exponent, in (0, 1]; theory asks for (1/2, 1).");

    public static final ConfigOption<Double> ALPHA = key("streamq.policy.learning-rate.alpha")
            .doubleType()
            .defaultValue(0.1)
            .withDescription("CONSTANT: the rate, in (0, 1].");

    public static final ConfigOption<Double> HARMONIC_C = key("streamq.policy.learning-rate.c")
            .doubleType()
            .defaultValue(100.0)
            .withDescription("HARMONIC: visits after which the rate is about one half, at least 0.");

    public static final ConfigOption<Double> MARGIN = key("streamq.emission.margin")
            .doubleType()
            .defaultValue(0.0)
            .withDescription(
                    "How much a challenger must beat the incumbent greedy action by. Wider than the true gap between"
                            + " two actions, it costs value.");

    public static final ConfigOption<Long> MINIMUM_VISITS = key("streamq.emission.minimum-visits")
            .longType()
            .defaultValue(1L)
            .withDescription("Experiences applied to a state before it is first announced.");

    public static final ConfigOption<Duration> MINIMUM_INTERVAL = key("streamq.emission.minimum-interval")
            .durationType()
            .defaultValue(Duration.ZERO)
            .withDescription(
                    "Minimum time between two announcements of a state. The last change within it is announced at its"
                            + " end.");

    public static final ConfigOption<Double> VALUE_TOLERANCE = key("streamq.emission.value-tolerance")
            .doubleType()
            .defaultValue(Double.POSITIVE_INFINITY)
            .withDescription(
                    "Also announces a state when its greedy value has moved by more than this since it was last"
                            + " announced, for agents that use values. By default only the greedy action counts.");

    public static final ConfigOption<Duration> HEARTBEAT = key("streamq.emission.heartbeat")
            .durationType()
            .noDefaultValue()
            .withDescription(
                    "Announces a state again that has not been announced for this long, at least 1 s. By default"
                            + " never.");

    public static final ConfigOption<Integer> STATE_BYTES = key("streamq.limits.state-bytes")
            .intType()
            .defaultValue(RowLimits.DEFAULT_STATE_BYTES)
            .withDescription(
                    "Maximum length of a state, in bytes of UTF-8; in [1, " + RowLimits.MAX_STATE_BYTES + "].");

    public static final ConfigOption<Long> ROWS = key("streamq.limits.rows")
            .longType()
            .noDefaultValue()
            .withDescription("Maximum number of rows of a policy, over all shards; beyond it a shard forgets its least"
                    + " recently touched row. By default no limit.");

    public static final ConfigOption<Duration> TIME_TO_LIVE = key("streamq.limits.time-to-live")
            .durationType()
            .noDefaultValue()
            .withDescription(
                    "A row that no experience has touched for this long, at least 1 s, is forgotten. By default"
                            + " never.");

    public static final ConfigOption<Integer> DUPLICATE_WINDOW = key("streamq.limits.duplicate-window")
            .intType()
            .defaultValue(0)
            .withDescription(
                    "How many identities (agentId, episodeId, step) of recent experiences each row remembers, 8 bytes"
                            + " each, so that a duplicate is not applied again; in [0, "
                            + RowLimits.MAX_DUPLICATE_WINDOW
                            + "].");

    public static final ConfigOption<UnknownPolicies> UNKNOWN_POLICIES = key("streamq.policies.unknown")
            .enumType(UnknownPolicies.class)
            .defaultValue(UnknownPolicies.CREATE)
            .withDescription(
                    "What happens to experience of a policy that nobody configured. CREATE: it is learnt with the"
                            + " options streamq.policy.*, streamq.emission.* and streamq.limits.*. REJECT: it goes to the dead"
                            + " letters.");

    public static final ConfigOption<Integer> MAX_POLICIES = key("streamq.policies.max")
            .intType()
            .defaultValue(1000)
            .withDescription(
                    "Maximum number of policies that unconfigured experience may create on a shard, so that a client"
                            + " that invents policyIds cannot fill the job's memory; experience of further ones goes to the"
                            + " dead letters. Only those with rows on the shard count.");

    public static final ConfigOption<Integer> PARALLELISM = key("streamq.job.parallelism")
            .intType()
            .noDefaultValue()
            .withDescription(
                    "Parallelism of the whole job; by default Flink's parallelism.default. Both learning operators"
                            + " must have the same, so exclude them from autoscaling.");

    public static final ConfigOption<Integer> MAX_PARALLELISM = key("streamq.job.max-parallelism")
            .intType()
            .defaultValue(128)
            .withDescription(
                    "Number of key groups: how far the job can ever be scaled, in [1, 32768]. Fixed by the first"
                            + " savepoint.");

    public static final ConfigOption<Duration> PARTNER_TIMEOUT = key("streamq.job.partner-timeout")
            .durationType()
            .defaultValue(Duration.ofSeconds(60))
            .withDescription(
                    "How long a shard's BOOTSTRAP waits for its LEARN to appear in the same slot before the job is"
                            + " restarted.");

    public static final ConfigOption<Duration> CHECKPOINT_INTERVAL = key("streamq.job.checkpoint-interval")
            .durationType()
            .defaultValue(Duration.ofSeconds(10))
            .withDescription(
                    "Time between checkpoints: how much is repeated after a crash. At least half of it lies between"
                            + " the end of one and the next, unless Flink's execution.checkpointing.min-pause says otherwise."
                            + " Flink's execution.checkpointing.interval is ignored.");

    public static final ConfigOption<MemorySize> ROW_BUFFER = key("streamq.job.row-buffer")
            .memoryType()
            .defaultValue(MemorySize.ofMebiBytes(32))
            .withDescription(
                    "With RocksDB: memory of each shard for its most recently used rows, about 240 bytes each and 16"
                            + " for each action. A changed row is written when a checkpoint begins, which pauses learning (1 to"
                            + " 4 µs a row), or when others need its room. 0 b keeps one row.");

    public static final ConfigOption<Integer> REPLICATED_ROWS = key("streamq.job.replicated-rows")
            .intType()
            .defaultValue(500_000)
            .withDescription(
                    "With several TaskManagers and up to 8 shards: maximum number of rows, over all shards, whose"
                            + " values each TaskManager keeps in memory, so that experience need not go to its successor's"
                            + " shard. A row counts as 80 bytes; a state of more than 16 bytes, with its policyId and a slash,"
                            + " adds its bytes and 64, so that fewer fit. With more rows, or rows of an algorithm other than"
                            + " Q_LEARNING, a shard keeps its values to itself. 0: none.");

    public static final ConfigOption<Tuning> TUNING = key("streamq.job.tuning")
            .enumType(Tuning.class)
            .defaultValue(Tuning.LATENCY)
            .withDescription(
                    "LATENCY: records wait at most 5 ms between operators (execution.buffer-timeout.interval) and 2"
                            + " ms in producers. THROUGHPUT: 100 ms and 20 ms, and clients fetch and send in large"
                            + " batches. Flink's configuration and streamq.kafka.client.* take precedence.");

    public static final ConfigOption<DeliveryGuarantee> DELIVERY_GUARANTEE = key("streamq.sink.delivery-guarantee")
            .enumType(DeliveryGuarantee.class)
            .defaultValue(DeliveryGuarantee.AT_LEAST_ONCE)
            .withDescription(
                    "at-least-once: sent at once and repeated after a crash, which (epoch, version) makes harmless."
                            + " exactly-once: visible to read_committed readers when the next checkpoint completes.");

    public static final ConfigOption<String> TRANSACTIONAL_ID_PREFIX = key("streamq.sink.transactional-id-prefix")
            .stringType()
            .defaultValue("streamq")
            .withDescription("exactly-once: must differ between jobs on one Kafka cluster.");

    public static final ConfigOption<Duration> TRANSACTION_TIMEOUT = key("streamq.sink.transaction-timeout")
            .durationType()
            .defaultValue(Duration.ofMinutes(15))
            .withDescription(
                    "exactly-once: at most the broker's transaction.max.timeout.ms, and longer than a checkpoint"
                            + " interval and a restart together.");

    /** Where the source begins without a snapshot. */
    public enum SourceStart {
        EARLIEST,
        COMMITTED,
        LATEST
    }

    /** Where the source ends. */
    public enum SourceEnd {
        NEVER,
        LATEST
    }

    /** What happens to experience of an unconfigured policy. */
    public enum UnknownPolicies {
        CREATE,
        REJECT
    }

    private StreamQOptions() {}

    /** All options, in the order of this class. */
    public static List<ConfigOption<?>> all() {
        List<ConfigOption<?>> options = new ArrayList<>();
        for (Field field : StreamQOptions.class.getDeclaredFields()) {
            if (Modifier.isPublic(field.getModifiers()) && field.getType() == ConfigOption.class) {
                try {
                    options.add((ConfigOption<?>) field.get(null));
                } catch (IllegalAccessException e) {
                    throw new LinkageError(e.getMessage(), e);
                }
            }
        }
        return List.copyOf(options);
    }
}

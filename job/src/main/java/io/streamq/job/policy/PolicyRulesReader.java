package io.streamq.job.policy;

import io.streamq.learning.Algorithm;
import io.streamq.learning.DoubleQLearning;
import io.streamq.learning.ExpectedSarsa;
import io.streamq.learning.LearningRate;
import io.streamq.learning.QLearning;
import io.streamq.learning.RewardTransform;
import io.streamq.learning.Sarsa;
import io.streamq.learning.SoftmaxExpectedSarsa;
import io.streamq.schemas.AlgorithmConfig;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.EmissionConfig;
import io.streamq.schemas.LearningRateConfig;
import io.streamq.schemas.LimitsConfig;
import io.streamq.schemas.PolicyConfig;
import io.streamq.schemas.RewardConfig;
import io.streamq.schemas.WireFormatException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes rules of a configuration, or reports everything wrong with it. Used wherever a configuration can come from. */
public final class PolicyRulesReader {
    private static final AvroCodec<PolicyConfig> CODEC = AvroCodec.policyConfig();
    /** A hundred years: added to a time, it does not overflow. */
    private static final long MOST_INTERVAL_MILLIS = Duration.ofDays(36_525).toMillis();

    private final PolicyConfig config;
    private final List<String> violations = new ArrayList<>();
    /** By field: what it must be, noted even where it is. */
    private final Map<String, String> ranges = new HashMap<>();

    private PolicyRulesReader(PolicyConfig config) {
        this.config = config;
    }

    /**
     * The rules of a configuration.
     *
     * @throws InvalidPolicyException if any field is invalid, whether it is used or not
     */
    public static PolicyRules read(PolicyConfig config) throws InvalidPolicyException {
        PolicyRulesReader reader = new PolicyRulesReader(config);
        List<String> violations = reader.check();
        if (!violations.isEmpty()) {
            throw new InvalidPolicyException(violations);
        }
        return reader.rules();
    }

    /**
     * The rules of a configuration as it is on the control topic, for a policy to change to.
     *
     * @param before its configured rules; {@code null} if unconfigured
     * @throws InvalidPolicyException if the bytes are not a configuration, any field is invalid, or the policy cannot change to it
     */
    public static PolicyRules read(byte[] config, @Nullable PolicyRules before) throws InvalidPolicyException {
        PolicyRules rules = read(config);
        rules.requireCanFollow(before);
        return rules;
    }

    /**
     * The rules of a configuration as it is on the control topic.
     *
     * @throws InvalidPolicyException if the bytes are not a configuration, or any field is invalid
     */
    public static PolicyRules read(byte[] config) throws InvalidPolicyException {
        try {
            return read(CODEC.decode(config));
        } catch (WireFormatException e) {
            throw new InvalidPolicyException(List.of(String.valueOf(e.getMessage())));
        }
    }

    /** What a field must be, as the end of a sentence, such as {@code in [0, 1]}; absent where its type says it all. */
    public static Map<String, String> ranges() {
        AvroCodec.trustContract();
        PolicyRulesReader reader =
                new PolicyRulesReader(PolicyConfig.newBuilder().setActions(1).build());
        reader.check();
        return Map.copyOf(reader.ranges);
    }

    /** What is valid but hardly intended; a sentence each. */
    public static List<String> warnings(PolicyConfig config) {
        return switch (config.getLearningRate().getSchedule()) {
            case SAMPLE_AVERAGE ->
                List.of("learningRate.schedule SAMPLE_AVERAGE (1/n) is exponentially slow in 1/(1-discount)"
                        + " (Even-Dar and Mansour 2003) and never forgets the first, meaningless targets: POLYNOMIAL with omega"
                        + " in (1/2, 1) settles too, and gets there");
            case POLYNOMIAL ->
                config.getLearningRate().getOmega() > 0.5
                        ? List.of()
                        : List.of("learningRate.omega at or below 1/2 does not settle: the squares of its rates sum to"
                                + " infinity (Watkins and Dayan 1992)");
            default -> List.of();
        };
    }

    private List<String> check() {
        require(
                "actions",
                config.getActions(),
                in(1, config.getActions(), PolicyRules.MAX_ACTIONS),
                "in [1, " + PolicyRules.MAX_ACTIONS + "]");
        require("generation", config.getGeneration(), config.getGeneration() >= 0, "at least 0");
        require("discount", config.getDiscount(), in(0, config.getDiscount(), 1), "in [0, 1]");
        require("initialQ", config.getInitialQ(), Double.isFinite(config.getInitialQ()), "finite");
        checkAlgorithm(config.getAlgorithm());
        checkLearningRate(config.getLearningRate());
        checkReward(config.getReward());
        checkEmission(config.getEmission());
        checkLimits(config.getLimits());
        return violations;
    }

    private void checkAlgorithm(AlgorithmConfig algorithm) {
        switch (algorithm.getKind()) {
            case WATKINS_Q_LAMBDA ->
                violations.add("algorithm.kind WATKINS_Q_LAMBDA cannot be exact where states live on"
                        + " different shards (docs/adr/0007-no-traces-on-shards.md): let the agents send n-step returns"
                        + " (NStepReturns of the agent library) to Q_LEARNING instead");
            case UNKNOWN ->
                violations.add("algorithm.kind must be one that this release knows: Q_LEARNING,"
                        + " DOUBLE_Q_LEARNING, EXPECTED_SARSA or SARSA");
            default -> {}
        }
        require("algorithm.epsilon", algorithm.getEpsilon(), in(0, algorithm.getEpsilon(), 1), "in [0, 1]");
        Double temperature = algorithm.getTemperature();
        require(
                "algorithm.temperature",
                temperature,
                temperature == null || isPositive(temperature),
                "greater than 0 and finite, or null");
        require(
                "algorithm.lambda",
                algorithm.getLambda(),
                algorithm.getLambda() == null,
                "null: no algorithm of this release has traces");
    }

    private void checkLearningRate(LearningRateConfig rate) {
        if (rate.getSchedule() == io.streamq.schemas.LearningRateSchedule.UNKNOWN) {
            violations.add("learningRate.schedule must be one that this release knows: CONSTANT, POLYNOMIAL, HARMONIC"
                    + " or SAMPLE_AVERAGE");
        }
        require("learningRate.alpha", rate.getAlpha(), rate.getAlpha() > 0 && rate.getAlpha() <= 1, "in (0, 1]");
        require("learningRate.omega", rate.getOmega(), rate.getOmega() > 0 && rate.getOmega() <= 1, "in (0, 1]");
        require("learningRate.c", rate.getC(), rate.getC() >= 0 && Double.isFinite(rate.getC()), "at least 0");
    }

    private void checkReward(RewardConfig reward) {
        require("reward.scale", reward.getScale(), isPositive(reward.getScale()), "greater than 0 and finite");
        Double least = reward.getClipMin();
        Double most = reward.getClipMax();
        require("reward.clipMin", least, least == null || Double.isFinite(least), "finite, or null");
        require("reward.clipMax", most, most == null || Double.isFinite(most), "finite, or null");
        boolean inOrder = least == null || most == null || !(least > most);
        require("reward.clipMin", least, inOrder, "at most reward.clipMax=" + most);
    }

    private void checkEmission(EmissionConfig emission) {
        require("emission.margin", emission.getMargin(), in(0, emission.getMargin(), Double.MAX_VALUE), "at least 0");
        require("emission.minimumVisits", emission.getMinimumVisits(), emission.getMinimumVisits() >= 1, "at least 1");
        long interval = emission.getMinimumIntervalMillis();
        require(
                "emission.minimumIntervalMillis",
                interval,
                interval >= 0 && interval <= MOST_INTERVAL_MILLIS,
                "in [0, " + MOST_INTERVAL_MILLIS + "]");
        Double tolerance = emission.getValueTolerance();
        require("emission.valueTolerance", tolerance, tolerance == null || tolerance >= 0, "at least 0, or null");
        Long heartbeat = emission.getHeartbeatMillis();
        require(
                "emission.heartbeatMillis",
                heartbeat,
                heartbeat == null || heartbeat >= 1000,
                "at least 1000, or null");
    }

    private void checkLimits(LimitsConfig limits) {
        require(
                "limits.stateBytes",
                limits.getStateBytes(),
                in(1, limits.getStateBytes(), RowLimits.MAX_STATE_BYTES),
                "in [1, " + RowLimits.MAX_STATE_BYTES + "]");
        require(
                "limits.rows",
                limits.getRows(),
                limits.getRows() == null || limits.getRows() >= 1,
                "at least 1, or null");
        require(
                "limits.timeToLiveMillis",
                limits.getTimeToLiveMillis(),
                limits.getTimeToLiveMillis() == null || limits.getTimeToLiveMillis() >= 1000,
                "at least 1000, or null");
        require(
                "limits.duplicateWindow",
                limits.getDuplicateWindow(),
                in(0, limits.getDuplicateWindow(), RowLimits.MAX_DUPLICATE_WINDOW),
                "in [0, " + RowLimits.MAX_DUPLICATE_WINDOW + "]");
    }

    private void require(String field, @Nullable Object got, boolean holds, String expected) {
        ranges.putIfAbsent(field, expected);
        if (!holds) {
            violations.add(field + " must be " + expected + ": got " + got);
        }
    }

    private PolicyRules rules() {
        RewardConfig reward = config.getReward();
        EmissionConfig emission = config.getEmission();
        LimitsConfig limits = config.getLimits();
        return new PolicyRules(
                config.getActions(),
                config.getGeneration(),
                config.getFrozen(),
                config.getDiscount(),
                config.getInitialQ(),
                algorithm(config.getAlgorithm()),
                learningRate(config.getLearningRate()),
                new RewardTransform(
                        reward.getScale(),
                        orElse(reward.getClipMin(), Double.NEGATIVE_INFINITY),
                        orElse(reward.getClipMax(), Double.POSITIVE_INFINITY)),
                new EmissionRules(
                        emission.getMargin(),
                        emission.getMinimumVisits(),
                        emission.getMinimumIntervalMillis(),
                        orElse(emission.getValueTolerance(), Double.POSITIVE_INFINITY),
                        orElse(emission.getHeartbeatMillis(), 0)),
                new RowLimits(
                        limits.getStateBytes(),
                        orElse(limits.getRows(), 0),
                        orElse(limits.getTimeToLiveMillis(), 0),
                        limits.getDuplicateWindow()));
    }

    private static Algorithm algorithm(AlgorithmConfig algorithm) {
        return switch (algorithm.getKind()) {
            case Q_LEARNING -> new QLearning();
            case DOUBLE_Q_LEARNING -> new DoubleQLearning();
            case EXPECTED_SARSA ->
                algorithm.getTemperature() == null
                        ? new ExpectedSarsa(algorithm.getEpsilon())
                        : new SoftmaxExpectedSarsa(algorithm.getTemperature());
            case SARSA -> new Sarsa();
            default -> throw new AssertionError("checked before: " + algorithm.getKind());
        };
    }

    private static LearningRate learningRate(LearningRateConfig rate) {
        return switch (rate.getSchedule()) {
            case CONSTANT -> new LearningRate.Constant(rate.getAlpha());
            case POLYNOMIAL -> new LearningRate.Polynomial(rate.getOmega());
            case HARMONIC -> new LearningRate.Harmonic(rate.getC());
            case SAMPLE_AVERAGE -> new LearningRate.SampleAverage();
            default -> throw new AssertionError("checked before: " + rate.getSchedule());
        };
    }

    private static boolean in(double least, double number, double most) {
        return number >= least && number <= most;
    }

    private static boolean isPositive(double number) {
        return number > 0 && Double.isFinite(number);
    }

    private static double orElse(@Nullable Double number, double otherwise) {
        return number == null ? otherwise : number;
    }

    private static long orElse(@Nullable Long number, long otherwise) {
        return number == null ? otherwise : number;
    }
}

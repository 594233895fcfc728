package io.streamq.job.options;

import static java.util.Map.entry;

import io.streamq.job.options.JobOptions.Policies;
import io.streamq.job.options.StreamQOptions.UnknownPolicies;
import io.streamq.job.policy.InvalidPolicyException;
import io.streamq.job.policy.PolicyRules;
import io.streamq.job.policy.PolicyRulesReader;
import io.streamq.schemas.AlgorithmConfig;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.EmissionConfig;
import io.streamq.schemas.LearningRateConfig;
import io.streamq.schemas.LimitsConfig;
import io.streamq.schemas.PolicyConfig;
import io.streamq.schemas.RewardConfig;
import java.time.Duration;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.jspecify.annotations.Nullable;

/**
 * Options of unconfigured policies. They become a configuration like any other, so that the same rules hold wherever a policy's settings
 * come from.
 */
final class PolicyOptions {
    /** The option that sets each field, so that a violation names what the user wrote. */
    private static final Map<String, ConfigOption<?>> OPTION_OF_FIELD = Map.ofEntries(
            entry("actions", StreamQOptions.ACTIONS),
            entry("discount", StreamQOptions.DISCOUNT),
            entry("initialQ", StreamQOptions.INITIAL_Q),
            entry("algorithm.kind", StreamQOptions.ALGORITHM),
            entry("algorithm.epsilon", StreamQOptions.EPSILON),
            entry("algorithm.temperature", StreamQOptions.TEMPERATURE),
            entry("learningRate.schedule", StreamQOptions.LEARNING_RATE),
            entry("learningRate.alpha", StreamQOptions.ALPHA),
            entry("learningRate.omega", StreamQOptions.OMEGA),
            entry("learningRate.c", StreamQOptions.HARMONIC_C),
            entry("reward.scale", StreamQOptions.REWARD_SCALE),
            entry("reward.clipMin", StreamQOptions.REWARD_CLIP_MIN),
            entry("reward.clipMax", StreamQOptions.REWARD_CLIP_MAX),
            entry("emission.margin", StreamQOptions.MARGIN),
            entry("emission.minimumVisits", StreamQOptions.MINIMUM_VISITS),
            entry("emission.minimumIntervalMillis", StreamQOptions.MINIMUM_INTERVAL),
            entry("emission.valueTolerance", StreamQOptions.VALUE_TOLERANCE),
            entry("emission.heartbeatMillis", StreamQOptions.HEARTBEAT),
            entry("limits.stateBytes", StreamQOptions.STATE_BYTES),
            entry("limits.rows", StreamQOptions.ROWS),
            entry("limits.timeToLiveMillis", StreamQOptions.TIME_TO_LIVE),
            entry("limits.duplicateWindow", StreamQOptions.DUPLICATE_WINDOW));

    private PolicyOptions() {}

    static Policies read(OptionReader reader) {
        boolean creates = reader.any(StreamQOptions.UNKNOWN_POLICIES) == UnknownPolicies.CREATE;
        int max = reader.valid(StreamQOptions.MAX_POLICIES, n -> n >= 1, "at least 1");
        int actions = creates || reader.isGiven(StreamQOptions.ACTIONS)
                ? reader.required(StreamQOptions.ACTIONS, 1, n -> true, "")
                : 1;
        PolicyRules rules = rules(config(reader, actions), reader);
        return new Policies(creates ? rules : null, max);
    }

    private static PolicyConfig config(OptionReader reader, int actions) {
        AvroCodec.trustContract();
        return PolicyConfig.newBuilder()
                .setActions(actions)
                .setDiscount(reader.any(StreamQOptions.DISCOUNT))
                .setInitialQ(reader.any(StreamQOptions.INITIAL_Q))
                .setAlgorithm(AlgorithmConfig.newBuilder()
                        .setKind(reader.any(StreamQOptions.ALGORITHM))
                        .setEpsilon(reader.any(StreamQOptions.EPSILON))
                        .setTemperature(reader.optional(StreamQOptions.TEMPERATURE, 1.0))
                        .build())
                .setLearningRate(LearningRateConfig.newBuilder()
                        .setSchedule(reader.any(StreamQOptions.LEARNING_RATE))
                        .setAlpha(reader.any(StreamQOptions.ALPHA))
                        .setOmega(reader.any(StreamQOptions.OMEGA))
                        .setC(reader.any(StreamQOptions.HARMONIC_C))
                        .build())
                .setReward(RewardConfig.newBuilder()
                        .setScale(reader.any(StreamQOptions.REWARD_SCALE))
                        .setClipMin(reader.optional(StreamQOptions.REWARD_CLIP_MIN, 0.0))
                        .setClipMax(reader.optional(StreamQOptions.REWARD_CLIP_MAX, 0.0))
                        .build())
                .setEmission(EmissionConfig.newBuilder()
                        .setMargin(reader.any(StreamQOptions.MARGIN))
                        .setMinimumVisits(reader.any(StreamQOptions.MINIMUM_VISITS))
                        .setMinimumIntervalMillis(
                                reader.any(StreamQOptions.MINIMUM_INTERVAL).toMillis())
                        .setValueTolerance(reader.any(StreamQOptions.VALUE_TOLERANCE))
                        .setHeartbeatMillis(millis(reader.optional(StreamQOptions.HEARTBEAT, Duration.ofSeconds(1))))
                        .build())
                .setLimits(LimitsConfig.newBuilder()
                        .setStateBytes(reader.any(StreamQOptions.STATE_BYTES))
                        .setRows(reader.optional(StreamQOptions.ROWS, 1L))
                        .setTimeToLiveMillis(
                                millis(reader.optional(StreamQOptions.TIME_TO_LIVE, Duration.ofSeconds(1))))
                        .setDuplicateWindow(reader.any(StreamQOptions.DUPLICATE_WINDOW))
                        .build())
                .build();
    }

    private static @Nullable Long millis(@Nullable Duration duration) {
        return duration == null ? null : duration.toMillis();
    }

    /** The rules, or {@code null} once the violations are noted. */
    private static @Nullable PolicyRules rules(PolicyConfig config, OptionReader reader) {
        try {
            return PolicyRulesReader.read(config);
        } catch (InvalidPolicyException e) {
            e.violations().forEach(violation -> reader.violated(withOptionName(violation)));
            return null;
        }
    }

    private static String withOptionName(String violation) {
        int space = violation.indexOf(' ');
        ConfigOption<?> option = OPTION_OF_FIELD.get(violation.substring(0, space));
        return option == null ? violation : option.key() + violation.substring(space);
    }
}

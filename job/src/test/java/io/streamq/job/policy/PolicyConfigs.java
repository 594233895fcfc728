package io.streamq.job.policy;

import io.streamq.job.record.PolicyControl;
import io.streamq.schemas.AlgorithmConfig;
import io.streamq.schemas.AlgorithmKind;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.EmissionConfig;
import io.streamq.schemas.LearningRateConfig;
import io.streamq.schemas.LearningRateSchedule;
import io.streamq.schemas.LimitsConfig;
import io.streamq.schemas.PolicyConfig;

/** Configurations for tests. */
public final class PolicyConfigs {
    private static final AvroCodec<PolicyConfig> CODEC = AvroCodec.policyConfig();

    private PolicyConfigs() {}

    /** Two actions; moves half of the way, with discount 0.5: every result is exact. */
    public static PolicyConfig.Builder halfway() {
        return halfway(AlgorithmKind.Q_LEARNING);
    }

    /** The same by another algorithm. */
    public static PolicyConfig.Builder halfway(AlgorithmKind algorithm) {
        return PolicyConfig.newBuilder()
                .setActions(2)
                .setDiscount(0.5)
                .setAlgorithm(AlgorithmConfig.newBuilder().setKind(algorithm).build())
                .setLearningRate(LearningRateConfig.newBuilder()
                        .setSchedule(LearningRateSchedule.CONSTANT)
                        .setAlpha(0.5)
                        .build());
    }

    /** Two actions, halfway, announced by these rules. */
    public static PolicyConfig.Builder announced(EmissionConfig.Builder emission) {
        return halfway().setEmissionBuilder(emission);
    }

    /** Two actions, halfway, with these limits. */
    public static PolicyConfig.Builder limited(LimitsConfig.Builder limits) {
        return halfway().setLimitsBuilder(limits);
    }

    /** The rules of a valid configuration. */
    public static PolicyRules rules(PolicyConfig.Builder config) {
        try {
            return PolicyRulesReader.read(config.build());
        } catch (InvalidPolicyException e) {
            throw new AssertionError(e);
        }
    }

    /** A configuration as it stands on the control topic, wherever that is. */
    public static PolicyControl control(String policyId, PolicyConfig.Builder config) {
        return control(policyId, config, 7);
    }

    /** A configuration as it stands on the control topic. */
    public static PolicyControl control(String policyId, PolicyConfig.Builder config, long offset) {
        return new PolicyControl(policyId, CODEC.encode(config.build()), 0, offset, 5);
    }

    /** A tombstone on the control topic. */
    public static PolicyControl deletion(String policyId) {
        return new PolicyControl(policyId, null, 0, 8, 6);
    }
}

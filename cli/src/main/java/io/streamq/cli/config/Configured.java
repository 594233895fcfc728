package io.streamq.cli.config;

import io.streamq.cli.config.ControlTopics.Place;
import io.streamq.cli.terminal.Terminal;
import io.streamq.job.policy.InvalidPolicyException;
import io.streamq.job.policy.PolicyRules;
import io.streamq.job.policy.PolicyRulesReader;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.PolicyConfig;
import io.streamq.schemas.WireFormatException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of a policy's records on the control topic, each accepted or refused as by the job. A job may have a valid one in force that
 * compaction, which keeps only the last record, has removed from the topic.
 *
 * @param config the last valid one; {@code null} if the topic holds none, or the policy was deleted since
 * @param rules those of {@code config}
 * @param place of the last record, valid or not
 * @param violations all that is wrong with the last record; empty if it is {@code config}, or a deletion
 */
record Configured(@Nullable PolicyConfig config, @Nullable PolicyRules rules, Place place, List<String> violations) {
    private static final AvroCodec<PolicyConfig> CODEC = AvroCodec.policyConfig();

    /**
     * The result with one more record.
     *
     * @param before {@code null} if there was none
     * @param value {@code null} in a tombstone, which deletes the policy
     */
    static Configured after(@Nullable Configured before, byte @Nullable [] value, Place place) {
        if (value == null) {
            return new Configured(null, null, place, List.of());
        }
        PolicyConfig lastValid = before == null ? null : before.config;
        PolicyRules lastRules = before == null ? null : before.rules;
        try {
            PolicyRules rules = PolicyRulesReader.read(value, lastRules);
            return new Configured(CODEC.decode(value), rules, place, List.of());
        } catch (InvalidPolicyException refused) {
            return new Configured(lastValid, lastRules, place, refused.violations());
        } catch (WireFormatException e) {
            throw new IllegalStateException("has just been read", e);
        }
    }

    /** Whether the policy is deleted, or will be once the job reads the tombstone. */
    boolean isDeleted() {
        return config == null && violations.isEmpty();
    }

    /** Warns users of {@code config} that a later record was refused. */
    void warnOfRefused(Terminal terminal, String policyId) {
        if (!violations.isEmpty()) {
            terminal.warn(
                    "policy '" + policyId + "' follows its last valid configuration, not the one at " + refusal());
        }
    }

    /** What is wrong with the last record, as the end of a sentence. */
    String refusal() {
        return "offset " + place.offset() + " of the control topic, which is refused: " + String.join("; ", violations);
    }
}

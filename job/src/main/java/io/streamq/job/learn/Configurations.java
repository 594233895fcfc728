package io.streamq.job.learn;

import io.streamq.job.policy.InvalidPolicyException;
import io.streamq.job.policy.PolicyRules;
import io.streamq.job.policy.PolicyRulesReader;
import io.streamq.job.record.PolicyControl;
import io.streamq.job.record.PolicyControlSerializer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeutils.base.StringSerializer;

/** The configurations in force, and those refused since, as read from the control topic, in broadcast state: the same on all shards. */
final class Configurations {
    /** By policyId; absent: never configured, or deleted. A deletion stays until its final answer. */
    private static final MapStateDescriptor<String, PolicyControl> STATE = new MapStateDescriptor<>(
            LearnOperator.CONFIGURATIONS_STATE, StringSerializer.INSTANCE, PolicyControlSerializer.INSTANCE);

    /**
     * By policyId, the last one refused; absent: none since the policy was last configured or deleted, or the snapshot is older than this
     * state.
     */
    private static final MapStateDescriptor<String, PolicyControl> REFUSED_STATE = new MapStateDescriptor<>(
            "refused-policy-configurations", StringSerializer.INSTANCE, PolicyControlSerializer.INSTANCE);

    /** Marker among those in force once the job knows any: a snapshot without it predates configurations. */
    private static final PolicyControl BEGUN = new PolicyControl("", null, 0, 0, 0);

    /** Why a valid one is not in force: its author was told of the refusal and may have given it up. */
    private static final String REFUSED_BEFORE =
            "an earlier release refused it, but this one would not: write it again if it is still wanted";

    /**
     * One that is not in force.
     *
     * @param violations all that is wrong with it
     * @param isNew whether the refusal is still to be answered
     */
    record Refused(PolicyControl control, List<String> violations, boolean isNew) {}

    private final BroadcastState<String, PolicyControl> state;
    private final BroadcastState<String, PolicyControl> refusedState;
    private final List<Refused> refused = new ArrayList<>();

    /** @param initial those of a job that has no snapshot with any, in the order in which they came */
    Configurations(OperatorStateStore store, List<PolicyControl> initial) throws Exception {
        state = store.getBroadcastState(STATE);
        refusedState = store.getBroadcastState(REFUSED_STATE);
        if (!state.contains(BEGUN.policyId())) {
            state.put(BEGUN.policyId(), BEGUN);
            for (PolicyControl control : initial) {
                begin(control);
            }
        } else {
            for (Map.Entry<String, PolicyControl> entry : refusedState.immutableEntries()) {
                goOn(entry.getValue());
            }
        }
    }

    private void begin(PolicyControl control) throws Exception {
        List<String> violations = violations(control);
        if (violations.isEmpty()) {
            note(control);
        } else {
            noteRefused(control);
            refused.add(new Refused(control, violations, true));
        }
    }

    private void goOn(PolicyControl control) throws Exception {
        List<String> violations = violations(control);
        refused.add(new Refused(control, violations.isEmpty() ? List.of(REFUSED_BEFORE) : violations, false));
    }

    /** All that is wrong with a configuration, given the one in force; empty if it is valid or a deletion. */
    private List<String> violations(PolicyControl control) throws Exception {
        PolicyControl before = state.get(control.policyId());
        if (control.config() == null) {
            return List.of();
        }
        try {
            PolicyRules rules =
                    before == null || before.config() == null ? null : PolicyRulesReader.read(before.config());
            PolicyRulesReader.read(control.config(), rules);
            return List.of();
        } catch (InvalidPolicyException invalid) {
            return invalid.violations();
        }
    }

    /** Those that came before this attempt and cannot be in force; from a snapshot, the last one of each policy. */
    List<Refused> refused() {
        return refused;
    }

    /** Keeps one that was applied. Earlier refusals no longer matter. */
    void note(PolicyControl control) throws Exception {
        state.put(control.policyId(), control);
        refusedState.remove(control.policyId());
    }

    /** Keeps one that was refused, to answer it again after each restart: it is not read from the control topic then. */
    void noteRefused(PolicyControl control) throws Exception {
        refusedState.put(control.policyId(), control);
    }

    /** Drops a deletion that has its final answer. */
    void dropDeletion(PolicyControl deletion) throws Exception {
        state.remove(deletion.policyId());
    }

    /** The configurations in force. */
    List<PolicyControl> all() throws Exception {
        return select(control -> control.config() != null);
    }

    /** Deletions without a final answer. */
    List<PolicyControl> deletions() throws Exception {
        return select(control -> control.config() == null && !control.policyId().equals(BEGUN.policyId()));
    }

    private List<PolicyControl> select(Predicate<PolicyControl> wanted) throws Exception {
        List<PolicyControl> selected = new ArrayList<>();
        for (Map.Entry<String, PolicyControl> entry : state.immutableEntries()) {
            if (wanted.test(entry.getValue())) {
                selected.add(entry.getValue());
            }
        }
        return selected;
    }

    /**
     * Configures the policies accordingly.
     *
     * @throws InvalidPolicyException if this release rejects what an earlier one accepted
     */
    void configure(ShardPolicies policies) throws Exception {
        for (PolicyControl control : all()) {
            policies.configure(control.policyId(), PolicyRulesReader.read(control.config()));
        }
    }
}

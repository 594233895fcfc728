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

/**
 * The configurations in force, and those that were refused since, as they stood on the control topic, in broadcast state: the same on all
 * shards.
 */
final class Configurations {
    /** By policyId; absent: nobody configured it, or it was deleted. A deletion stays until it is answered for good. */
    private static final MapStateDescriptor<String, PolicyControl> STATE = new MapStateDescriptor<>(
            LearnOperator.CONFIGURATIONS_STATE, StringSerializer.INSTANCE, PolicyControlSerializer.INSTANCE);

    /**
     * By policyId, the last one that was refused; absent: none was since the policy was configured or deleted last, or the snapshot is older
     * than this state.
     */
    private static final MapStateDescriptor<String, PolicyControl> REFUSED_STATE = new MapStateDescriptor<>(
            "refused-policy-configurations", StringSerializer.INSTANCE, PolicyControlSerializer.INSTANCE);

    /** Stands among those in force as soon as the job knows any: a snapshot without it is older than configurations are. */
    private static final PolicyControl BEGUN = new PolicyControl("", null, 0, 0, 0);

    /** Why one is not in force though nothing is wrong with it: whoever wrote it was told so and may have given it up. */
    private static final String REFUSED_BEFORE =
            "an earlier release refused it, and this one would not: write it again if it is still meant";

    /**
     * One that is not in force.
     *
     * @param violations all that is wrong with it
     * @param isNew whether nobody was told yet
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

    /** All that is wrong with a configuration beside what is in force; empty if it is valid, or a deletion. */
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

    /** Those that came before this attempt and cannot be in force: of a snapshot the last one of each policy. */
    List<Refused> refused() {
        return refused;
    }

    /** Keeps what was applied. What was refused before it is of no interest any more. */
    void note(PolicyControl control) throws Exception {
        state.put(control.policyId(), control);
        refusedState.remove(control.policyId());
    }

    /** Keeps what was refused, to be told again after each restart: nobody reads it from the control topic then. */
    void noteRefused(PolicyControl control) throws Exception {
        refusedState.put(control.policyId(), control);
    }

    /** Drops a deletion that was answered for good. */
    void dropDeletion(PolicyControl deletion) throws Exception {
        state.remove(deletion.policyId());
    }

    /** The configurations in force. */
    List<PolicyControl> all() throws Exception {
        return select(control -> control.config() != null);
    }

    /** Deletions that were not answered for good. */
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
     * Makes the policies follow them.
     *
     * @throws InvalidPolicyException if a later release takes for invalid what an earlier one took for valid
     */
    void configure(ShardPolicies policies) throws Exception {
        for (PolicyControl control : all()) {
            policies.configure(control.policyId(), PolicyRulesReader.read(control.config()));
        }
    }
}

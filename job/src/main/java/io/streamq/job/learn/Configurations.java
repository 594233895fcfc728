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

/** The configurations in force, as they stood on the control topic, in broadcast state: the same on all shards. */
final class Configurations {
    /** By policyId; absent: nobody configured it, or it was deleted. A deletion stays until it is answered for good. */
    private static final MapStateDescriptor<String, PolicyControl> STATE = new MapStateDescriptor<>(
            LearnOperator.CONFIGURATIONS_STATE, StringSerializer.INSTANCE, PolicyControlSerializer.INSTANCE);

    /** Stands among them as soon as the job knows any: a snapshot without it is older than configurations are. */
    private static final PolicyControl BEGUN = new PolicyControl("", null, 0, 0, 0);

    /** One that is not in force, and all that is wrong with it. */
    record Refused(PolicyControl control, List<String> violations) {}

    private final BroadcastState<String, PolicyControl> state;
    private final List<Refused> refused = new ArrayList<>();

    /** @param initial those of a job that has no snapshot with any, in the order in which they came */
    Configurations(OperatorStateStore store, List<PolicyControl> initial) throws Exception {
        state = store.getBroadcastState(STATE);
        if (!state.contains(BEGUN.policyId())) {
            state.put(BEGUN.policyId(), BEGUN);
            for (PolicyControl control : initial) {
                begin(control);
            }
        }
    }

    private void begin(PolicyControl control) throws Exception {
        PolicyControl before = state.get(control.policyId());
        try {
            PolicyRules rules = before == null ? null : PolicyRulesReader.read(before.config());
            PolicyRulesReader.read(control.config(), rules);
            state.put(control.policyId(), control);
        } catch (InvalidPolicyException invalid) {
            refused.add(new Refused(control, invalid.violations()));
        }
    }

    /** Those that came before the job began and cannot be in force. */
    List<Refused> refused() {
        return refused;
    }

    /** Keeps what was applied. */
    void note(PolicyControl control) throws Exception {
        state.put(control.policyId(), control);
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

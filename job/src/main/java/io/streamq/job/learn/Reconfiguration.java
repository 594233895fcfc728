package io.streamq.job.learn;

import io.streamq.job.policy.InvalidPolicyException;
import io.streamq.job.policy.PolicyRules;
import io.streamq.job.policy.PolicyRulesReader;
import io.streamq.job.record.PolicyControl;
import io.streamq.learning.QRow;

/**
 * Applies configurations to a shard's policies and their rows. All rows are adapted before the next experience, so none is learnt partly by
 * old rules. Confined to LEARN's thread.
 *
 * <table>
 * <caption>What becomes of a policy's rows</caption>
 * <tr><td>greater generation, or deleted</td><td>forgotten, each with a tombstone</td></tr>
 * <tr><td>more actions</td><td>the new actions have the initial value and no visits; where legal actions are known, the new ones are
 * illegal; announced rows are announced again</td></tr>
 * <tr><td>fewer actions</td><td>refused without a greater generation; the first configuration of a policy that experience created forgets
 * its rows instead</td></tr>
 * <tr><td>another initial value</td><td>goes to all actions nobody tried</td></tr>
 * <tr><td>one table to two</td><td>both have the values, the visits are split</td></tr>
 * <tr><td>two tables to one</td><td>the mean values, the visits summed</td></tr>
 * <tr><td>frozen, or no longer</td><td>unchanged; where rows are forgotten, the time of the freeze does not count</td></tr>
 * <tr><td>rates, discount, reward</td><td>unchanged</td></tr>
 * <tr><td>all else</td><td>unchanged, their bootstrap values published again</td></tr>
 * </table>
 */
final class Reconfiguration {
    private final QTable table;
    private final ShardPolicies policies;
    private final Announcer announcer;
    private final Upkeep upkeep;

    Reconfiguration(QTable table, ShardPolicies policies, Announcer announcer, Upkeep upkeep) {
        this.table = table;
        this.policies = policies;
        this.announcer = announcer;
        this.upkeep = upkeep;
    }

    /**
     * Applies a configuration, or deletes its policy.
     *
     * @throws InvalidPolicyException if it is invalid; nothing has changed
     */
    void apply(PolicyControl control, long nowMillis) throws Exception {
        if (control.config() == null) {
            delete(control.policyId());
        } else {
            PolicyRules before = policies.configuredRules(control.policyId());
            change(control.policyId(), PolicyRulesReader.read(control.config(), before), nowMillis);
        }
        announcer.reconfigured(control);
    }

    private void delete(String policyId) throws Exception {
        ShardPolicy policy = policies.byId(policyId);
        if (policy != null) {
            upkeep.forgetAll(policy);
        }
        policies.delete(policyId);
    }

    private void change(String policyId, PolicyRules after, long nowMillis) throws Exception {
        ShardPolicy policy = policies.byId(policyId);
        if (policy == null) {
            policies.configure(policyId, after);
            return;
        }
        PolicyRules before = policy.rules();
        if (after.generation() > before.generation() || after.actions() < before.actions()) {
            upkeep.forgetAll(policy);
        }
        policies.configure(policyId, after);
        policy.follow(after);
        if (concernsRows(before, after)) {
            adapt(policy, before, nowMillis);
        }
        if (after.frozen() && !before.frozen() && after.limits().timeToLiveMillis() > 0) {
            upkeep.frozen(policy);
        }
        if (before.frozen() && !after.frozen() && after.limits().forgets()) { // the time to live may come later
            upkeep.thawed(policy, nowMillis);
        }
        upkeep.makeRoom(policy);
    }

    /** Adapts a policy's rows to the rules that it follows now. */
    private void adapt(ShardPolicy policy, PolicyRules before, long nowMillis) throws Exception {
        PolicyRules after = policy.rules();
        Upkeep.Orders orders = upkeep.newOrders(
                nowMillis, before.limits().forgets() && after.limits().forgets());
        table.forEachOf(policy, (key, row) -> {
            QRow adapted = table.put(key, adapted(row, before, after, nowMillis), after);
            if (before.actions() < after.actions()) {
                announcer.grown(key, adapted, policy);
            } else {
                announcer.learnt(key, adapted, policy);
            }
            table.note(key);
            orders.add(key, adapted, after);
        });
        orders.restoreTo(policy);
    }

    /**
     * Whether other rules change rows or their announcement; rates and discounts only affect experience to come. So does a freeze, which is
     * an emergency brake and must not wait for all rows.
     */
    private static boolean concernsRows(PolicyRules before, PolicyRules after) {
        return before.actions() != after.actions()
                || before.initialQ() != after.initialQ()
                || before.generation() != after.generation()
                || !before.algorithm().equals(after.algorithm())
                || !before.emission().equals(after.emission())
                || !before.limits().equals(after.limits());
    }

    private QRow adapted(QRow row, PolicyRules before, PolicyRules after, long nowMillis) {
        QRow adapted = row;
        if (before.initialQ() != after.initialQ()) {
            adapted = adapted.withInitialQ(after.initialQ());
        }
        if (adapted.actions() != after.actions()) {
            adapted = adapted.withActions(after.actions(), after.initialQ());
        }
        if (adapted.tables() != after.algorithm().tables()) {
            adapted = adapted.withTables(after.algorithm().tables());
        }
        // The time may not have been kept; one left from former limits would include the time of the freeze.
        boolean hasFullTime = adapted.touchedAtMillis() == 0
                || (before.frozen() && !before.limits().forgets());
        if (after.limits().forgets() && hasFullTime) {
            upkeep.touched(adapted, nowMillis);
        }
        if (after.limits().duplicateWindow() == 0) {
            adapted.remember(0, 0);
        }
        adapted.chooseGreedy(after.emission().margin());
        return adapted;
    }
}

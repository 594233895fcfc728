package io.streamq.job.learn;

import io.streamq.job.options.JobOptions.Policies;
import io.streamq.job.policy.PolicyRules;
import io.streamq.job.record.KeyWords;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.jspecify.annotations.Nullable;

/**
 * The policies of a shard: configured ones, and those that experience created, for as long as they have rows, so that policyIds of which
 * nothing is learnt take no place. Confined to LEARN's thread.
 */
final class ShardPolicies {
    private final Policies options;
    private final LearnMetrics metrics;
    /** Also read by gauges, on the metric reporter's thread. */
    private final Map<String, ShardPolicy> byId = new ConcurrentHashMap<>();

    private final Map<String, PolicyRules> configured = new HashMap<>();
    /** Also of policies that are gone: Flink keeps each name forever, while policies come and go. */
    private final Map<String, PolicyMetrics> metricsById = new HashMap<>();
    /** Those among them of policies not configured yet. */
    private final Set<String> unconfiguredNames = new HashSet<>();
    /** Those among them of policies configured, and deleted since. */
    private final Set<String> deletedNames = new HashSet<>();
    /** Counts for policies that have no metrics of their own. */
    private final PolicyMetrics unreported = new PolicyMetrics(new UnregisteredMetricsGroup());
    /** Policy of the last experience, most often that of the next; it may have no rows yet, and no place. */
    private @Nullable ShardPolicy last;

    ShardPolicies(Policies options, LearnMetrics metrics) {
        this.options = options;
        this.metrics = metrics;
    }

    /** The policy of a state; {@code null} if it is not configured and there is no place for another. */
    @Nullable
    ShardPolicy of(KeyWords key) {
        return of(key, options.max());
    }

    /** The policy of a restored row: there may be more than this shard would create, as the rows may come from several shards. */
    @Nullable
    ShardPolicy ofRestored(KeyWords key) {
        ShardPolicy policy = of(key, Integer.MAX_VALUE);
        if (policy != null) {
            keep(policy, Integer.MAX_VALUE);
        }
        return policy;
    }

    private @Nullable ShardPolicy of(KeyWords key, int maxUnconfigured) {
        ShardPolicy policy = last;
        if (policy == null || !policy.owns(key)) {
            policy = byIdOrNew(key.policyId(), maxUnconfigured);
            last = policy;
        }
        return policy;
    }

    private @Nullable ShardPolicy byIdOrNew(String policyId, int maxUnconfigured) {
        ShardPolicy known = byId.get(policyId);
        if (known != null) {
            return known;
        }
        PolicyRules rules = options.unconfigured();
        boolean creates = rules != null && byId.size() - configured.size() < maxUnconfigured;
        return creates ? new ShardPolicy(policyId, rules, unreported) : null;
    }

    /** Counts one more row of a policy. */
    void gotRow(ShardPolicy policy) {
        policy.rows++;
        if (policy.rows == 1) {
            keep(policy, options.max());
        }
    }

    /** Gives a policy its place, if it has none. */
    private void keep(ShardPolicy policy, int maxUnconfigured) {
        if (byId.putIfAbsent(policy.id(), policy) == null) {
            policy.countBy(metricsOf(policy.id(), unconfiguredNames, maxUnconfigured));
        }
    }

    /** Takes the place of a policy that has no rows any more, unless it is configured. Nothing else is kept of it. */
    void dropIfEmpty(ShardPolicy policy) {
        if (policy.rows == 0 && !configured.containsKey(policy.id())) {
            byId.remove(policy.id(), policy);
            last = null;
        }
    }

    /** The metrics of a policy; new ones only while {@code names} has fewer than {@code most}. */
    private PolicyMetrics metricsOf(String policyId, Set<String> names, int most) {
        PolicyMetrics ofPolicy = metricsById.get(policyId);
        if (ofPolicy == null && names.size() < most) {
            ofPolicy = metrics.ofPolicy(policyId);
            ofPolicy.rows(() -> rowsOf(policyId));
            metricsById.put(policyId, ofPolicy);
            unconfiguredNames.add(policyId);
        }
        return ofPolicy == null ? unreported : ofPolicy;
    }

    private long rowsOf(String policyId) {
        ShardPolicy policy = byId.get(policyId);
        return policy == null ? 0 : policy.rows;
    }

    /** The configured rules of a policy, or {@code null}. */
    @Nullable
    PolicyRules configuredRules(String policyId) {
        return configured.get(policyId);
    }

    /** Records a policy's configuration; an existing policy keeps its rules until its rows are adapted. */
    void configure(String policyId, PolicyRules rules) {
        configured.put(policyId, rules);
        byId.computeIfAbsent(policyId, id -> new ShardPolicy(id, rules, unreported))
                .countBy(metricsOf(policyId, deletedNames, options.max()));
        unconfiguredNames.remove(policyId);
        deletedNames.remove(policyId);
        last = null;
    }

    /** Forgets a policy whose rows are gone. */
    void delete(String policyId) {
        boolean wasConfigured = configured.remove(policyId) != null;
        if (wasConfigured && metricsById.containsKey(policyId)) {
            deletedNames.add(policyId);
        }
        byId.remove(policyId);
        last = null;
    }

    @Nullable
    ShardPolicy byId(String policyId) {
        return byId.get(policyId);
    }

    Collection<ShardPolicy> all() {
        return byId.values();
    }

    /** Whether a policy that exists, or that experience may create, needs the clock. */
    boolean needClock() {
        PolicyRules unconfigured = options.unconfigured();
        return (unconfigured != null && unconfigured.needClock())
                || byId.values().stream().anyMatch(policy -> policy.rules().needClock());
    }

    /** Whether experience creates unconfigured policies, as long as there is room. */
    boolean createUnknown() {
        return options.unconfigured() != null;
    }

    /** Why an unknown policy was not created. */
    String whyUnknown() {
        return options.unconfigured() == null
                ? "policyId must be one that is configured, as streamq.policies.unknown is REJECT: configure it with"
                        + " './streamq config set'"
                : "policyId would be one more than the " + options.max()
                        + " policies that a shard creates (streamq.policies.max): configure it with './streamq config"
                        + " set'";
    }
}

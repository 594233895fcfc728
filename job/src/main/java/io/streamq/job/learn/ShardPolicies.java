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
 * The policies of a shard: those that somebody configured, and those that experience created, for as long as they have rows, so that
 * policyIds of which nothing is learnt take no place. Owned by LEARN's thread.
 */
final class ShardPolicies {
    private final Policies options;
    private final LearnMetrics metrics;
    /** Gauges look at it, too, on the thread of whoever reports metrics. */
    private final Map<String, ShardPolicy> byId = new ConcurrentHashMap<>();

    private final Map<String, PolicyRules> configured = new HashMap<>();
    /** The metrics of policies that are gone, too: Flink keeps each name for good, while policies may come and go. */
    private final Map<String, PolicyMetrics> metricsById = new HashMap<>();
    /** Those of them that are of policies which nobody configured yet. */
    private final Set<String> unconfiguredNames = new HashSet<>();
    /** Those of them that are of policies which were configured, and deleted since. */
    private final Set<String> deletedNames = new HashSet<>();
    /** What is counted of policies that have no metrics of their own. */
    private final PolicyMetrics unreported = new PolicyMetrics(new UnregisteredMetricsGroup());
    /** The policy of the last experience, which is most often that of the next; it may have no rows yet, and no place. */
    private @Nullable ShardPolicy last;

    ShardPolicies(Policies options, LearnMetrics metrics) {
        this.options = options;
        this.metrics = metrics;
    }

    /** The policy of a state; {@code null} if nobody configured it and there is no place for another. */
    @Nullable
    ShardPolicy of(KeyWords key) {
        return of(key, options.max());
    }

    /** The policy of a restored row: there may be more than this shard would create, as it may have been several shards. */
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

    /** Notes that a policy has one row more. */
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

    /** The metrics of a policy; new ones only while fewer names than so many are among those that count. */
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

    /** The rules that somebody gave a policy, or {@code null}. */
    @Nullable
    PolicyRules configuredRules(String policyId) {
        return configured.get(policyId);
    }

    /** Notes that a policy is configured; one that is there already goes on as it was until its rows were seen to. */
    void configure(String policyId, PolicyRules rules) {
        configured.put(policyId, rules);
        byId.computeIfAbsent(policyId, id -> new ShardPolicy(id, rules, unreported))
                .countBy(metricsOf(policyId, deletedNames, options.max()));
        unconfiguredNames.remove(policyId);
        deletedNames.remove(policyId);
        last = null;
    }

    /** Forgets a policy, the rows of which are gone. */
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

    /** Whether time must be looked at for a policy that is there, or that experience may create. */
    boolean needClock() {
        PolicyRules unconfigured = options.unconfigured();
        return (unconfigured != null && unconfigured.needClock())
                || byId.values().stream().anyMatch(policy -> policy.rules().needClock());
    }

    /** Whether experience creates policies that nobody configured, as far as there is room. */
    boolean createUnknown() {
        return options.unconfigured() != null;
    }

    /** Why a policy that is not there was not created. */
    String whyUnknown() {
        return options.unconfigured() == null
                ? "policyId must be one that is configured, as streamq.policies.unknown is REJECT: configure it with"
                        + " './streamq config set'"
                : "policyId would be one more than the " + options.max()
                        + " policies that a shard creates (streamq.policies.max): configure it with './streamq config"
                        + " set'";
    }
}

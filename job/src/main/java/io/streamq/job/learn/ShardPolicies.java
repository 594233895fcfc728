package io.streamq.job.learn;

import io.streamq.job.options.JobOptions.Policies;
import io.streamq.job.policy.PolicyRules;
import io.streamq.job.record.KeyWords;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The policies of a shard: those that somebody configured, and those that experience created. Owned by LEARN's thread. */
final class ShardPolicies {
    private final Policies options;
    private final LearnMetrics metrics;
    /** Gauges look at it, too, on the thread of whoever reports metrics. */
    private final Map<String, ShardPolicy> byId = new ConcurrentHashMap<>();

    private final Map<String, PolicyRules> configured = new HashMap<>();
    /** The metrics of deleted policies too: a name can be registered once. */
    private final Map<String, PolicyMetrics> metricsById = new HashMap<>();
    /** The policy of the last experience, which is most often that of the next. */
    private @Nullable ShardPolicy last;

    ShardPolicies(Policies options, LearnMetrics metrics) {
        this.options = options;
        this.metrics = metrics;
    }

    /** The policy of a state; {@code null} if nobody configured it and it cannot be created. */
    @Nullable
    ShardPolicy of(KeyWords key) {
        return of(key, options.max());
    }

    /** The policy of a restored row: there may be more than this shard would create, as it may have been several shards. */
    @Nullable
    ShardPolicy ofRestored(KeyWords key) {
        return of(key, Integer.MAX_VALUE);
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
        return creates ? add(policyId, rules) : null;
    }

    private ShardPolicy add(String policyId, PolicyRules rules) {
        PolicyMetrics ofPolicy = metricsById.get(policyId);
        if (ofPolicy == null) {
            ofPolicy = metrics.ofPolicy(policyId);
            ofPolicy.rows(() -> rowsOf(policyId));
            metricsById.put(policyId, ofPolicy);
        }
        ShardPolicy policy = new ShardPolicy(policyId, rules, ofPolicy);
        byId.put(policyId, policy);
        return policy;
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
        if (!byId.containsKey(policyId)) {
            add(policyId, rules);
        }
    }

    /** Forgets a policy, the rows of which are gone. */
    void delete(String policyId) {
        configured.remove(policyId);
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

package io.streamq.job.learn;

import io.streamq.job.policy.PolicyRules;
import io.streamq.job.record.KeyPrefix;
import io.streamq.job.record.KeyWords;
import io.streamq.job.record.StateKey;

/** A policy on a shard: its rules, and what the shard keeps of it besides rows. Confined to LEARN's thread. */
final class ShardPolicy {
    private final String id;
    private final KeyPrefix prefix;

    private PolicyMetrics metrics;
    private PolicyRules rules;
    private RowLearner learner;

    /** Its rows on this shard. */
    long rows;

    /** When each row was last touched, if rows are ever forgotten. */
    final KeyQueue touched = new KeyQueue();
    /** When a delayed change may be announced, if announcements keep an interval. */
    final DueKeys unsent = new DueKeys();
    /** When each row was last announced, if there is a heartbeat. */
    final KeyQueue announced = new KeyQueue();

    ShardPolicy(String id, PolicyRules rules, PolicyMetrics metrics) {
        this.id = id;
        this.prefix = KeyPrefix.ofPolicy(id);
        this.metrics = metrics;
        this.rules = rules;
        this.learner = new RowLearner(rules);
    }

    String id() {
        return id;
    }

    /** From now on, counts there. */
    void countBy(PolicyMetrics newMetrics) {
        metrics = newMetrics;
    }

    PolicyMetrics metrics() {
        return metrics;
    }

    PolicyRules rules() {
        return rules;
    }

    RowLearner learner() {
        return learner;
    }

    void follow(PolicyRules newRules) {
        rules = newRules;
        learner = new RowLearner(newRules);
    }

    /** Prefix of its rows' keys. */
    KeyPrefix prefix() {
        return prefix;
    }

    boolean owns(KeyWords key) {
        return prefix.isOf(key);
    }

    /** Removes a row from all that is kept of it. */
    void forget(StateKey key) {
        rows--;
        touched.remove(key);
        unsent.remove(key);
        announced.remove(key);
    }
}

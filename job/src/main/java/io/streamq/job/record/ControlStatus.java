package io.streamq.job.record;

import io.streamq.schemas.PolicyConfigOutcome;
import java.util.List;

/**
 * A shard's answer to a configuration; becomes a {@link io.streamq.schemas.PolicyConfigStatus}.
 *
 * @param generation of the rules in force
 * @param rows of the policy on this shard
 * @param durable whether no crash takes the shard back before it; if refused, before what is in force
 */
public record ControlStatus(
        String policyId,
        int shard,
        int shards,
        PolicyConfigOutcome outcome,
        List<String> violations,
        long generation,
        int partition,
        long offset,
        long rows,
        long epoch,
        long updatedAtMillis,
        boolean durable) {}

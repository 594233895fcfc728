package io.streamq.job.record;

import io.streamq.schemas.PolicyConfigOutcome;
import java.util.List;

/**
 * What a shard made of a configuration; becomes a {@link io.streamq.schemas.PolicyConfigStatus}.
 *
 * @param generation of the rules in force
 * @param rows of the policy on this shard
 * @param durable whether no crash sets the shard back behind it; if it was refused, behind what is in force
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

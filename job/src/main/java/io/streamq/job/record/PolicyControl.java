package io.streamq.job.record;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A record of the control topic about one policy.
 *
 * @param config a {@link io.streamq.schemas.PolicyConfig} as received, so that snapshots outlive the class; {@code null} deletes the policy
 * @param partition of the control topic
 * @param offset of the control topic
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
public record PolicyControl(String policyId, byte @Nullable [] config, int partition, long offset, long timestampMillis)
        implements Serializable {}

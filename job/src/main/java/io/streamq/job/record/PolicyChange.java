package io.streamq.job.record;

import io.streamq.schemas.UpdateReason;

/**
 * What is announced of a row; becomes a {@link io.streamq.schemas.PolicyUpdate}.
 *
 * @param qValues one per action, the mean of both tables in double Q-learning
 * @param visits one per action
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
public record PolicyChange(
        StateKey state,
        int action,
        double[] qValues,
        long[] visits,
        long version,
        long epoch,
        UpdateReason reason,
        long updatedAtMillis) {}

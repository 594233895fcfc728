package io.streamq.job.record;

import io.streamq.schemas.UpdateReason;

/**
 * What is announced of a row; becomes a {@link io.streamq.schemas.PolicyUpdate}, or a tombstone if the row was forgotten.
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
        long updatedAtMillis) {
    private static final double[] NO_VALUES = {};
    private static final long[] NO_VISITS = {};

    /** There is no row of this state, whatever was announced before. */
    public static PolicyChange forgotten(StateKey state, long epoch, long nowMillis) {
        return new PolicyChange(state, -1, NO_VALUES, NO_VISITS, 0, epoch, UpdateReason.UNKNOWN, nowMillis);
    }

    /** Whether the row was forgotten. */
    public boolean isTombstone() {
        return action < 0;
    }
}

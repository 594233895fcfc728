package io.streamq.job.record;

import io.streamq.learning.QRow;
import io.streamq.schemas.UpdateReason;
import java.util.Arrays;

/**
 * What is announced of a row; becomes a {@link io.streamq.schemas.PolicyUpdate}, or a tombstone if the row was forgotten. LEARN announces
 * millions and refills one object: to keep it, {@link #copy} it. Not thread-safe.
 */
public final class PolicyChange {
    private static final int NO_ACTION = -1;

    private final KeyCursor key = new KeyCursor();
    private int action = NO_ACTION;
    private double[] qValues = {};
    private long[] visits = {};
    private long version;
    private long epoch;
    private UpdateReason reason = UpdateReason.UNKNOWN;
    private long updatedAtMillis;

    /** Announces a row as it is now. */
    public PolicyChange announce(KeyWords state, QRow row, UpdateReason why, long nowMillis) {
        makeRoom(row.actions());
        for (int each = 0; each < qValues.length; each++) {
            qValues[each] = row.meanValue(each);
            visits[each] = row.visits(each);
        }
        return fill(state, row.greedyAction(), row.version(), row.epoch(), why, nowMillis);
    }

    /** Announces that a state has no row, whatever was announced before. */
    public PolicyChange forget(KeyWords state, long inEpoch, long nowMillis) {
        makeRoom(0);
        return fill(state, NO_ACTION, 0, inEpoch, UpdateReason.UNKNOWN, nowMillis);
    }

    /** Sizes {@link #qValues} and {@link #visits} before they are filled. */
    void makeRoom(int actions) {
        if (qValues.length != actions) {
            qValues = new double[actions];
            visits = new long[actions];
        }
    }

    PolicyChange fill(
            KeyWords state, int newAction, long newVersion, long newEpoch, UpdateReason newReason, long newMillis) {
        key.fill(state);
        action = newAction;
        version = newVersion;
        epoch = newEpoch;
        reason = newReason;
        updatedAtMillis = newMillis;
        return this;
    }

    /** An independent copy. */
    public PolicyChange copy() {
        PolicyChange copy = new PolicyChange();
        copy.qValues = qValues.clone();
        copy.visits = visits.clone();
        return copy.fill(key, action, version, epoch, reason, updatedAtMillis);
    }

    /** Whether the row was forgotten. */
    public boolean isTombstone() {
        return action == NO_ACTION;
    }

    /** Key of the row, valid until the next change. */
    public KeyWords key() {
        return key;
    }

    /** Immutable key of the row. */
    public StateKey state() {
        return key.toKey();
    }

    /** The greedy action. */
    public int action() {
        return action;
    }

    /** One per action, the mean of both tables in double Q-learning; read-only. */
    public double[] qValues() {
        return qValues;
    }

    /** One per action; read-only. */
    public long[] visits() {
        return visits;
    }

    public long version() {
        return version;
    }

    public long epoch() {
        return epoch;
    }

    public UpdateReason reason() {
        return reason;
    }

    /** Since 1970. */
    public long updatedAtMillis() {
        return updatedAtMillis;
    }

    @Override
    public String toString() {
        return "PolicyChange{" + key
                + (isTombstone() ? " forgotten" : ": action " + action + " of " + Arrays.toString(qValues))
                + ", visits=" + Arrays.toString(visits) + ", version=" + version + ", epoch=" + epoch + ", " + reason
                + " at "
                + updatedAtMillis + '}';
    }
}

package io.streamq.job.learn;

import io.streamq.job.record.PolicyChange;
import io.streamq.job.record.StateKey;
import io.streamq.learning.QRow;
import io.streamq.schemas.UpdateReason;

/** What is told of a row at the moment it is announced: a copy, as the row goes on changing. */
final class Announcement {
    private Announcement() {}

    static PolicyChange of(StateKey key, QRow row, UpdateReason reason, long nowMillis) {
        double[] qValues = new double[row.actions()];
        long[] visits = new long[row.actions()];
        for (int action = 0; action < row.actions(); action++) {
            qValues[action] = row.meanValue(action);
            visits[action] = row.visits(action);
        }
        return new PolicyChange(
                key, row.greedyAction(), qValues, visits, row.version(), row.epoch(), reason, nowMillis);
    }
}

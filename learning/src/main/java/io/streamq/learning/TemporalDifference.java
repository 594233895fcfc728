package io.streamq.learning;

/** The update shared by all one-step algorithms: Q(s,a) += rate * (target - Q(s,a)). */
public final class TemporalDifference {
    private TemporalDifference() {}

    /** The target of a terminal step: no bootstrap, whatever is known of the successor. */
    public static double terminalTarget(double reward) {
        return reward;
    }

    /**
     * The target of any other step, truncated ones included.
     *
     * @param discount in [0, 1]; the experience's own or the policy's
     * @param nextValue the bootstrap value of the successor
     */
    public static double target(double reward, double discount, double nextValue) {
        return reward + discount * nextValue;
    }

    /**
     * Moves one entry of a row towards a target and counts the visit.
     *
     * @return the temporal-difference error, target - Q(s,a) before the update; NaN if it or the new value is not finite, and then the row
     *     is unchanged
     */
    public static double update(QRow row, int table, int action, double target, LearningRate rate) {
        double value = row.value(table, action);
        double error = target - value;
        double newValue = value + rate.at(row.visits(table, action) + 1) * error;
        if (!Double.isFinite(error) || !Double.isFinite(newValue)) {
            return Double.NaN;
        }
        row.apply(table, action, newValue);
        return error;
    }
}

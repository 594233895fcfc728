package io.streamq.learning;

/**
 * Bootstraps the expectation of Q(s', .) under the epsilon-greedy policy (Sutton and Barto 2018, section 6.6). With epsilon = 0
 * it is Q-learning.
 *
 * @param epsilon probability of a uniformly random legal action, in [0, 1]
 */
public record ExpectedSarsa(double epsilon) implements Algorithm {
    public ExpectedSarsa {
        if (!(epsilon >= 0 && epsilon <= 1)) {
            throw new IllegalArgumentException("epsilon must be in [0, 1]: epsilon=" + epsilon);
        }
    }

    @Override
    public void bootstrapValues(QRow row, double[] into) {
        double expectation = scaled(row, 1);
        into[0] = Double.isFinite(expectation) ? expectation : Scale.up(scaled(row, Scale.DOWN));
    }

    /** The expectation of values that are so many times as great. */
    private double scaled(QRow row, double scale) {
        double sum = 0;
        int legal = 0;
        for (int action = 0; action < row.actions(); action++) {
            if (ActionSet.contains(row.legalActions(), action)) {
                sum += row.value(0, action) * scale;
                legal++;
            }
        }
        double greedy = row.value(0, row.bestLegalAction()) * scale;
        return (1 - epsilon) * greedy + epsilon * (sum / legal);
    }
}

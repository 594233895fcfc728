package io.streamq.learning;

/**
 * Bootstraps the expectation of Q(s', .) under the softmax policy, which takes action a with probability proportional to exp(Q(s', a) /
 * temperature) (van Seijen, van Hasselt, Whiteson and Wiering 2009, equation 5; Sutton and Barto 2018, sections 6.6 and 2.8). Tends to
 * Q-learning as the temperature falls to 0, and to the mean over legal actions as it rises.
 *
 * @param temperature in the unit of the values; finite and greater than 0
 */
public record SoftmaxExpectedSarsa(double temperature) implements Algorithm {
    public SoftmaxExpectedSarsa {
        if (!(temperature > 0 && Double.isFinite(temperature))) {
            throw new IllegalArgumentException("temperature must be finite and > 0: temperature=" + temperature);
        }
    }

    @Override
    public void bootstrapValues(QRow row, double[] into) {
        double expectation = scaled(row, 1);
        into[0] = Double.isFinite(expectation) ? expectation : Scale.up(scaled(row, Scale.DOWN));
    }

    /** The expectation of values that are so many times as great, of which the probabilities are as they were. */
    private double scaled(QRow row, double scale) {
        // Relative to the greatest value, no exponential overflows and the weights sum to at least 1.
        double greatest = row.value(0, row.bestLegalAction());
        double weights = 0;
        double weighted = 0;
        for (int action = 0; action < row.actions(); action++) {
            if (ActionSet.contains(row.legalActions(), action)) {
                double value = row.value(0, action);
                double weight = Math.exp((value - greatest) / temperature);
                weights += weight;
                weighted += weight * (value * scale);
            }
        }
        return weighted / weights;
    }
}

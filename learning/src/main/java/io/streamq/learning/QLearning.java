package io.streamq.learning;

/** Target r + discount * max over a' of Q(s', a') (Watkins and Dayan 1992; Sutton and Barto 2018, section 6.5). */
public record QLearning() implements Algorithm {
    @Override
    public boolean publishesBestValueOnly() {
        return true;
    }

    @Override
    public void bootstrapValues(QRow row, double[] into) {
        into[0] = row.bestLegalValue();
    }
}

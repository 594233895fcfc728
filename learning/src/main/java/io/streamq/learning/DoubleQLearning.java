package io.streamq.learning;

/**
 * Two tables, each updated by a fair coin with the other's value of its own best action (van Hasselt 2010; Sutton and Barto
 * 2018, section 6.7): no maximisation bias. Bootstrap value i serves an update of table i.
 */
public record DoubleQLearning() implements Algorithm {
    @Override
    public int tables() {
        return 2;
    }

    @Override
    public int bootstrapWidth(int actions) {
        return 2;
    }

    @Override
    public void bootstrapValues(QRow row, double[] into) {
        into[0] = row.value(1, row.bestLegalAction(0));
        into[1] = row.value(0, row.bestLegalAction(1));
    }

    @Override
    public BootstrapChoice bootstrapChoice() {
        return BootstrapChoice.BY_COIN;
    }

    @Override
    public int tableToUpdate(int coin) {
        return coin;
    }
}

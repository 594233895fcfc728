package io.streamq.learning;

/**
 * Bootstraps Q(s', a') for the action a' that the agent took in s' (Rummery and Niranjan 1994; Sutton and Barto 2018, section 6.4). A row
 * publishes all its values.
 */
public record Sarsa() implements Algorithm {
    @Override
    public int bootstrapWidth(int actions) {
        return actions;
    }

    @Override
    public void bootstrapValues(QRow row, double[] into) {
        for (int action = 0; action < row.actions(); action++) {
            into[action] = row.value(0, action);
        }
    }

    @Override
    public BootstrapChoice bootstrapChoice() {
        return BootstrapChoice.BY_NEXT_ACTION;
    }
}

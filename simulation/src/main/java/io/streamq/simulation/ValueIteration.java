package io.streamq.simulation;

/** Solves a model exactly. */
public final class ValueIteration {
    private static final double PRECISION = 1e-13;
    private static final int MAXIMUM_SWEEPS = 1_000_000;

    private ValueIteration() {}

    /**
     * The optimal values, by sweeps in place from zero until none moves by more than 1e-13 of the largest.
     *
     * @param discount in [0, 1]; at 1 the task must end for certain under every policy worth following
     * @throws IllegalArgumentException if the values do not settle
     */
    public static Solution solve(Mdp mdp, double discount) {
        double[][] q = new double[mdp.states()][mdp.actions()];
        double[] v = new double[mdp.states()];
        for (int sweep = 0; sweep < MAXIMUM_SWEEPS; sweep++) {
            if (sweep(mdp, discount, q, v) <= PRECISION * Math.max(1, largest(v))) {
                return new Solution(mdp, discount, q, v);
            }
        }
        throw new IllegalArgumentException("values must settle within " + MAXIMUM_SWEEPS + " sweeps: at discount "
                + discount + " they did not; choose a smaller one");
    }

    /** Returns the greatest change of a state's value. */
    private static double sweep(Mdp mdp, double discount, double[][] q, double[] v) {
        double change = 0;
        for (int state = 0; state < v.length; state++) {
            double best = Double.NEGATIVE_INFINITY;
            for (int action = 0; action < mdp.actions(); action++) {
                double expected = 0;
                for (Transition outcome : mdp.outcomes(state, action)) {
                    double future = outcome.terminated() ? 0 : discount * v[outcome.nextState()];
                    expected += outcome.probability() * (outcome.reward() + future);
                }
                q[state][action] = expected;
                best = Math.max(best, expected);
            }
            change = Math.max(change, Math.abs(best - v[state]));
            v[state] = best;
        }
        return change;
    }

    private static double largest(double[] v) {
        double largest = 0;
        for (double value : v) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }
}

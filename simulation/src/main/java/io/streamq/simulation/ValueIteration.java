package io.streamq.simulation;

import java.util.Arrays;

/** Solves a model exactly. */
public final class ValueIteration {
    private static final double PRECISION = 1e-13;
    private static final int MAXIMUM_SWEEPS = 1_000_000;

    private ValueIteration() {}

    /**
     * The optimal values: what Q-learning converges to.
     *
     * @param discount in [0, 1]; at 1 every policy worth following must end the task for certain
     * @throws IllegalArgumentException if the values do not settle
     */
    public static Solution solve(Mdp mdp, double discount) {
        return solve(mdp, discount, Behaviour.greedy(), 0);
    }

    /**
     * The action values under a behaviour that for ever acts on these very values: the fixed point of Q(s,a) = E[r + discount *
     * V(s')], V(s') being the {@link Behaviour#stateValue} of Q(s', .), by sweeps in place from {@code initialValue} until none
     * moves by more than 1e-13 of the largest.
     *
     * <p>With epsilon-greedy behaviour it is the optimum among all policies that take every action with a probability of
     * epsilon/actions or more (Sutton and Barto 2018, section 5.4), and the only fixed point: expected SARSA converges to it, and
     * SARSA if its next actions are chosen epsilon-greedily on what it has learnt. With epsilon = 1 it is the value of random
     * behaviour. With softmax there may be several fixed points, or sweeps may not settle (Asadi and Littman 2017); this is the
     * one found from where a learner with {@code initialValue} starts.
     *
     * @param discount in [0, 1]; at 1 the task must end for certain
     * @throws IllegalArgumentException if the values do not settle
     */
    public static Solution solve(Mdp mdp, double discount, Behaviour behaviour, double initialValue) {
        double[][] q = new double[mdp.states()][mdp.actions()];
        double[] v = new double[mdp.states()];
        Arrays.fill(v, initialValue);
        for (int sweep = 0; sweep < MAXIMUM_SWEEPS; sweep++) {
            if (sweep(mdp, discount, behaviour, q, v) <= PRECISION * Math.max(1, largest(v))) {
                return new Solution(mdp, q, v);
            }
        }
        throw new IllegalArgumentException("values must settle within " + MAXIMUM_SWEEPS + " sweeps: with " + behaviour
                + " at discount " + discount + " they did not; choose a smaller discount");
    }

    /** Returns the greatest change of a state's value. */
    private static double sweep(Mdp mdp, double discount, Behaviour behaviour, double[][] q, double[] v) {
        double change = 0;
        for (int state = 0; state < v.length; state++) {
            for (int action = 0; action < mdp.actions(); action++) {
                q[state][action] = mdp.isLegal(state, action)
                        ? expectedTarget(mdp.outcomes(state, action), discount, v)
                        : Double.NEGATIVE_INFINITY;
            }
            double value = behaviour.stateValue(mdp, state, q[state]);
            change = Math.max(change, Math.abs(value - v[state]));
            v[state] = value;
        }
        return change;
    }

    private static double expectedTarget(Transition[] outcomes, double discount, double[] v) {
        double expected = 0;
        for (Transition outcome : outcomes) {
            double future = outcome.terminated() ? 0 : discount * v[outcome.nextState()];
            expected += outcome.probability() * (outcome.reward() + future);
        }
        return expected;
    }

    private static double largest(double[] v) {
        double largest = 0;
        for (double value : v) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }
}

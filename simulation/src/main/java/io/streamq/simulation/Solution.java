package io.streamq.simulation;

import java.util.BitSet;

/** The values of a model's actions and states at one discount, under one behaviour. Immutable. */
public final class Solution {
    /** Values closer than this are equal; far above the solver's error, far below any gap in the named worlds. */
    public static final double TIE = 1e-9;

    private final Mdp mdp;
    private final double[][] q;
    private final double[] v;

    Solution(Mdp mdp, double[][] q, double[] v) {
        this.mdp = mdp;
        this.q = q;
        this.v = v;
    }

    public Mdp mdp() {
        return mdp;
    }

    /** The value of an action in a state if the solution's behaviour follows; -Infinity if it is not legal. */
    public double q(int state, int action) {
        return q[state][action];
    }

    /** The value of a state: that of its best action, less the cost of exploring. */
    public double v(int state) {
        return v[state];
    }

    /** The expected discounted return of an episode. */
    public double startValue() {
        return v[mdp.start()];
    }

    /** Whether no action of the state is better by more than {@code tolerance}. */
    public boolean isOptimal(int state, int action, double tolerance) {
        return q[state][action] >= best(state) - tolerance;
    }

    private double best(int state) {
        double best = Double.NEGATIVE_INFINITY;
        for (double value : q[state]) {
            best = Math.max(best, value);
        }
        return best;
    }

    /** The actions for which {@link #isOptimal} holds: several where there is a tie. */
    public BitSet optimalActions(int state, double tolerance) {
        BitSet optimal = new BitSet(mdp.actions());
        for (int action = 0; action < mdp.actions(); action++) {
            optimal.set(action, isOptimal(state, action, tolerance));
        }
        return optimal;
    }

    /** One optimal policy: the lowest optimal action of each state. */
    public int[] policy() {
        int[] policy = new int[mdp.states()];
        for (int state = 0; state < policy.length; state++) {
            policy[state] = optimalActions(state, TIE).nextSetBit(0);
        }
        return policy;
    }

    /** The states in which an agent may have to act if it takes only optimal actions, whichever they are. */
    public BitSet reachableUnderOptimal() {
        return mdp.reachable((state, action) -> isOptimal(state, action, TIE));
    }
}

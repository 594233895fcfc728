package io.streamq.simulation;

import java.util.BitSet;

/** What is optimal in a model at one discount. Immutable. */
public final class Solution {
    /** Values closer than this are equal; far above what solving leaves open, far below any gap of the named worlds. */
    public static final double TIE = 1e-9;

    private final Mdp mdp;
    private final double discount;
    private final double[][] q;
    private final double[] v;

    Solution(Mdp mdp, double discount, double[][] q, double[] v) {
        this.mdp = mdp;
        this.discount = discount;
        this.q = q;
        this.v = v;
    }

    public Mdp mdp() {
        return mdp;
    }

    public double discount() {
        return discount;
    }

    /** The optimal value of an action in a state. */
    public double q(int state, int action) {
        return q[state][action];
    }

    /** The optimal value of a state. */
    public double v(int state) {
        return v[state];
    }

    /** The optimal expected discounted return of an episode. */
    public double startValue() {
        return v[mdp.start()];
    }

    /** Whether no action of the state is better by more than {@code tolerance}. */
    public boolean isOptimal(int state, int action, double tolerance) {
        return q[state][action] >= v[state] - tolerance;
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

    /** The states in which an agent may have to act that takes optimal actions only, any of them. */
    public BitSet reachableUnderOptimal() {
        return mdp.reachable((state, action) -> isOptimal(state, action, TIE));
    }
}

package io.streamq.cli.experiment;

import io.streamq.agent.PolicyListener;
import io.streamq.agent.StatePolicy;
import io.streamq.simulation.Solution;
import java.util.BitSet;

/**
 * When one learner's greedy policy became optimal and stayed so for a while: in every state that matters, its action is one of
 * the best.
 */
final class OptimumTrack implements PolicyListener {
    /** Greater than any number of experiences. */
    static final long NEVER = Long.MAX_VALUE;

    private final Solution solution;
    private final long dwell;
    /** States that matter where the greedy action is not optimal, or not known. */
    private final BitSet wrong;

    private final BitSet mattering;
    private final long[] updates;
    private long learnt;
    private long optimalSince = NEVER;
    private long settledAt = NEVER;

    /** @param dwell experiences for which it must stay optimal to count */
    OptimumTrack(Solution solution, long dwell) {
        this.solution = solution;
        this.dwell = dwell;
        this.mattering = solution.reachableUnderOptimal();
        this.wrong = (BitSet) mattering.clone();
        this.updates = new long[solution.mdp().states()];
    }

    /** Counts experiences by the rows announced. */
    @Override
    public synchronized void updated(StatePolicy row) {
        int state = Integer.parseInt(row.state());
        learnt += row.updates() - updates[state];
        updates[state] = row.updates();
        observe(learnt, state, row.action());
    }

    /** Notes that after {@code experiences} an action is greedy in a state. */
    synchronized void observe(long experiences, int state, int greedyAction) {
        if (!mattering.get(state)) {
            return;
        }
        if (settledAt == NEVER && optimalSince != NEVER && experiences - optimalSince >= dwell) {
            settledAt = optimalSince;
        }
        wrong.set(state, !solution.isOptimal(state, greedyAction, Solution.TIE));
        if (!wrong.isEmpty()) {
            optimalSince = NEVER;
        } else if (optimalSince == NEVER) {
            optimalSince = experiences;
        }
    }

    /** The first number of experiences after which it stayed optimal for the dwell, or {@link #NEVER}. */
    synchronized long settledAt() {
        return settledAt;
    }
}

package io.streamq.cli.experiment;

import io.streamq.agent.PolicyListener;
import io.streamq.agent.StatePolicy;
import io.streamq.simulation.Mdp;
import io.streamq.simulation.Solution;
import java.util.BitSet;

/**
 * The error of one policy as announced: max |Q - Q*| over every state an agent may have to act in and its legal actions, read at
 * evenly spaced numbers of experiences. A row is announced when its greedy value changes, and experiences are counted by the rows
 * announced, a few per state behind the job.
 */
final class ErrorTrack implements PolicyListener {
    private final Solution solution;
    private final BitSet states;
    private final long limit;
    private final double[][] q;
    private final long[] updates;
    private final double[] errors;
    private long learnt;
    private int read;

    /**
     * @param limit experiences of the policy
     * @param intervals between readings, the first being at 0
     */
    ErrorTrack(Solution solution, long limit, int intervals) {
        Mdp mdp = solution.mdp();
        this.solution = solution;
        this.states = mdp.reachable();
        this.limit = limit;
        this.q = new double[mdp.states()][mdp.actions()];
        this.updates = new long[mdp.states()];
        this.errors = new double[intervals + 1];
        readUpTo(0);
    }

    @Override
    public synchronized void updated(StatePolicy row) {
        int state = Integer.parseInt(row.state());
        learnt += row.updates() - updates[state];
        updates[state] = row.updates();
        readUpTo(learnt - 1);
        q[state] = row.qValues();
    }

    private void readUpTo(long experiences) {
        while (read < errors.length && limit * read / (errors.length - 1) <= experiences) {
            errors[read] = error();
            read++;
        }
    }

    /** The readings; those not reached are of the last announcements. */
    synchronized double[] errors() {
        readUpTo(limit);
        return errors.clone();
    }

    private double error() {
        Mdp mdp = solution.mdp();
        double worst = 0;
        for (int state = states.nextSetBit(0); state >= 0; state = states.nextSetBit(state + 1)) {
            for (int action = 0; action < mdp.actions(); action++) {
                if (mdp.isLegal(state, action)) {
                    worst = Math.max(worst, Math.abs(q[state][action] - solution.q(state, action)));
                }
            }
        }
        return worst;
    }
}

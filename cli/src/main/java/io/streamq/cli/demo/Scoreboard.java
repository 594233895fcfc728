package io.streamq.cli.demo;

import io.streamq.agent.PolicyView;
import io.streamq.agent.StatePolicy;
import io.streamq.simulation.Mdp;
import io.streamq.simulation.Solution;
import java.util.BitSet;

/** Compares the policy on the topic with the exact solution. */
final class Scoreboard {
    private final Solution solution;
    private final double tie;
    private final PolicyView policy;
    /** States in which an optimal agent may have to act. */
    private final BitSet mattering;

    /**
     * One reading.
     *
     * @param visited states with a row
     * @param visitedOptimal those of them whose greedy action is optimal
     * @param mattering states in which an optimal agent may have to act
     * @param matteringOptimal those of them whose greedy action is optimal
     */
    record Score(int visited, int visitedOptimal, int mattering, int matteringOptimal) {
        boolean isSolved() {
            return matteringOptimal == mattering;
        }

        double shareOfVisited() {
            return visited == 0 ? 0 : (double) visitedOptimal / visited;
        }

        double shareOfMattering() {
            return (double) matteringOptimal / mattering;
        }
    }

    /** @param tie by how much an action may be worse than the best and still count as optimal */
    Scoreboard(Solution solution, double tie, PolicyView policy) {
        this.solution = solution;
        this.tie = tie;
        this.policy = policy;
        this.mattering = solution.reachableUnderOptimal();
    }

    Score read() {
        int visited = 0;
        int visitedOptimal = 0;
        int matteringOptimal = 0;
        Mdp mdp = solution.mdp();
        for (int state = 0; state < mdp.states(); state++) {
            StatePolicy learnt = policy.lookup(mdp.name(state));
            if (learnt != null) {
                boolean optimal = solution.isOptimal(state, learnt.action(), tie);
                visited++;
                visitedOptimal += optimal ? 1 : 0;
                matteringOptimal += optimal && mattering.get(state) ? 1 : 0;
            }
        }
        return new Score(visited, visitedOptimal, mattering.cardinality(), matteringOptimal);
    }
}

package io.streamq.cli.stage;

import io.streamq.agent.Policy;
import io.streamq.agent.StatePolicy;
import io.streamq.simulation.ExpectedReturn;
import io.streamq.simulation.Mdp;
import io.streamq.simulation.World;

/** What an agent does with the policy it has received so far. */
public final class GreedyPolicy {
    private GreedyPolicy() {}

    /** The greedy action of each state, or {@link ExpectedReturn#UNKNOWN}. */
    public static int[] of(Policy received, Mdp mdp) {
        int[] actions = new int[mdp.states()];
        for (int state = 0; state < actions.length; state++) {
            StatePolicy known = received.lookup(mdp.name(state));
            actions[state] = known == null ? ExpectedReturn.UNKNOWN : known.action();
        }
        return actions;
    }

    /**
     * The expected return of such an agent's episode, with the world's usual discount.
     *
     * @param epsilon probability of acting at random
     */
    public static double value(Policy received, World world, double epsilon) {
        return ExpectedReturn.of(world, of(received, world.mdp()), epsilon, world.discount());
    }
}

package io.streamq.simulation;

import java.util.Arrays;

/** What an agent can expect of an episode in a world, including truncation: the limit of its mean return. */
public final class ExpectedReturn {
    /** In a policy: the state is unknown, and every legal action equally likely. */
    public static final int UNKNOWN = -1;

    /** An episode counts as ended once the probability that it goes on, discounted or not, is below this. */
    private static final double NEGLIGIBLE = 1e-12;

    private ExpectedReturn() {}

    /** The expected sum of rewards of an episode, not discounted. */
    public static double of(World world, int[] policy) {
        return of(world, policy, 0, 1);
    }

    /**
     * The expected return of an episode of an epsilon-greedy agent.
     *
     * @param policy the greedy action of each state, or {@link #UNKNOWN}
     * @param epsilon probability of a uniformly random legal action instead; 1 is the random agent
     * @param discount of a reward one step later; 1 for the plain sum
     */
    public static double of(World world, int[] policy, double epsilon, double discount) {
        return of(world, probabilities(world.mdp(), policy, epsilon), discount);
    }

    /**
     * The expected return of an episode under a stochastic policy.
     *
     * @param probabilities of each action in each state; those of illegal actions do not count
     * @param discount of a reward one step later; 1 for the plain sum
     */
    public static double of(World world, double[][] probabilities, double discount) {
        return walk(world, probabilities, discount, false).value;
    }

    /**
     * What is expected of an episode.
     *
     * @param value the return
     * @param steps how long it takes
     */
    public record Expectation(double value, double steps) {}

    /** As {@link #of}, with the length of the episode. */
    public static Expectation episode(World world, int[] policy, double epsilon, double discount) {
        return walk(world, probabilities(world.mdp(), policy, epsilon), discount, true);
    }

    private static double[][] probabilities(Mdp mdp, int[] policy, double epsilon) {
        double[][] probabilities = new double[mdp.states()][mdp.actions()];
        for (int state = 0; state < probabilities.length; state++) {
            boolean known = policy[state] != UNKNOWN;
            Arrays.fill(probabilities[state], (known ? epsilon : 1) / mdp.legalActionCount(state));
            if (known) {
                probabilities[state][policy[state]] += 1 - epsilon;
            }
        }
        return probabilities;
    }

    /** @param toItsEnd whether steps too late to earn anything still count */
    private static Expectation walk(World world, double[][] probabilities, double discount, boolean toItsEnd) {
        Mdp mdp = world.mdp();
        double[] present = new double[mdp.states()];
        double[] next = new double[mdp.states()];
        present[mdp.start()] = 1;
        double value = 0;
        double steps = 0;
        double weight = 1;
        for (int step = 0; step < world.maximumSteps(); step++) {
            Arrays.fill(next, 0);
            double mass = 0;
            for (int state = 0; state < present.length; state++) {
                if (present[state] == 0) {
                    continue;
                }
                mass += present[state];
                for (int action = 0; action < mdp.actions(); action++) {
                    double chosen = probabilities[state][action];
                    if (chosen == 0) {
                        continue;
                    }
                    for (Transition outcome : mdp.outcomes(state, action)) {
                        double moved = present[state] * chosen * outcome.probability();
                        value += weight * moved * outcome.reward();
                        next[outcome.nextState()] += outcome.terminated() ? 0 : moved;
                    }
                }
            }
            if ((toItsEnd ? mass : weight * mass) < NEGLIGIBLE) {
                break;
            }
            steps += mass;
            double[] past = present;
            present = next;
            next = past;
            weight *= discount;
        }
        return new Expectation(value, steps);
    }
}

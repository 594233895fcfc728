package io.streamq.agent;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Chooses an agent's actions by what a policy knows. */
@FunctionalInterface
public interface ActionSelector {
    /**
     * Chooses the action in a state. If the policy does not know the state, every legal action is equally likely.
     *
     * @param legalActions as in {@link io.streamq.learning.ActionSet}; {@code null} for all
     * @param actions number of the agent's actions. A policy may have more or fewer for a while, as when it grows while agents run: then the
     *     choice is among those that both have, if any of them is legal
     * @throws IllegalArgumentException if no action is legal
     */
    Decision select(Policy policy, String state, long @Nullable [] legalActions, int actions, RandomGenerator random);

    /** Always the best known action. */
    static ActionSelector greedy() {
        return new EpsilonGreedy(0);
    }

    /** A uniformly random legal action with probability {@code epsilon}, else the best known one. */
    static ActionSelector epsilonGreedy(double epsilon) {
        return new EpsilonGreedy(epsilon);
    }

    /**
     * Each legal action with a probability proportional to exp(Q / temperature). It acts on the values last announced, and these are
     * announced only when the greedy action changes, its value moves beyond a tolerance, or a heartbeat is due: give the policy a
     * heartbeat.
     *
     * @param temperature in the unit of the values; finite and greater than 0
     */
    static ActionSelector softmax(double temperature) {
        return new Softmax(temperature);
    }

    /**
     * The legal action with the greatest upper confidence bound, Q + c * sqrt(ln N / n); untried actions come first. In a known
     * state it draws no random number and acts on the values and visits last announced: until the state's next announcement all
     * agents choose the same action there. If that is not the greedy one, its value and visits change unannounced, so the policy
     * <b>must have a heartbeat</b>; without one agents may try the same action for ever.
     *
     * @param c weight of exploration, in the unit of the values; finite and at least 0
     */
    static ActionSelector ucb(double c) {
        return new UpperConfidenceBound(c);
    }
}

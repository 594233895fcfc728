package io.streamq.agent;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** How an agent acts on what a policy knows. */
@FunctionalInterface
public interface ActionSelector {
    /**
     * Decides what to do in a state. Of a state the policy does not know, every legal action is equally likely.
     *
     * @param legalActions as in {@link io.streamq.learning.ActionSet}; {@code null} for all
     * @param actions number of actions of the agent. A policy may have more or fewer of them for a while, as when it grows under agents that
     *     run: then one is chosen that both have, if any is legal
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
     * Each legal action with a probability proportional to exp(Q / temperature). It acts on the values last announced, and the values of
     * all actions are announced only with a change of the greedy action, a move of its value beyond a tolerance, or a heartbeat: let
     * the policy have a heartbeat.
     *
     * @param temperature in the unit of the values; finite and greater than 0
     */
    static ActionSelector softmax(double temperature) {
        return new Softmax(temperature);
    }

    /**
     * The legal action of the greatest upper confidence bound, Q + c * sqrt(ln N / n); an action that nobody tried comes first. It
     * draws no random number where the state is known, and acts on the values and visits last announced: until the next
     * announcement of a state all agents choose the same there. If that is not the greedy action, its value and visits
     * change without a word, so the policy <b>must have a heartbeat</b>; without one agents may try the same action for ever.
     *
     * @param c how much not having tried counts, in the unit of the values; finite and at least 0
     */
    static ActionSelector ucb(double c) {
        return new UpperConfidenceBound(c);
    }
}

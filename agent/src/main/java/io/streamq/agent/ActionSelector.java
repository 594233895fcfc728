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
     * @param actions number of actions of the policy
     * @throws IllegalArgumentException if no action is legal, or the policy has another number of actions
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
}

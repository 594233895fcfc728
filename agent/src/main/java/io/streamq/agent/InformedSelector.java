package io.streamq.agent;

import io.streamq.learning.ActionSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What all selectors have in common: of a state the policy does not know, every legal action is equally likely; and while agent and policy
 * differ in the number of actions, as when a policy grows under agents that run, the agent keeps to those that both have.
 */
interface InformedSelector extends ActionSelector {
    /**
     * Decides by what is known of a state.
     *
     * @param legalActions none that is not known
     * @param choices number of legal actions, at least 1
     */
    Decision decide(StatePolicy known, long @Nullable [] legalActions, int choices, RandomGenerator random);

    @Override
    default Decision select(
            Policy policy, String state, long @Nullable [] legalActions, int actions, RandomGenerator random) {
        StatePolicy known = policy.lookup(state);
        int common = known == null ? actions : Math.min(actions, known.actions());
        long[] legal = known == null || known.actions() == actions
                ? legalActions
                : ActionSet.below(common, legalActions, known.actions());
        int choices = ActionSet.size(legal, actions);
        if (choices == 0) {
            throw new IllegalArgumentException("at least one action must be legal of the " + common
                    + " that agent and policy have in common: got none");
        }
        if (known == null) {
            int action = ActionSet.member(legal, random.nextInt(choices));
            return new Decision(action, Decision.NO_VERSION, 1.0 / choices);
        }
        return decide(known, legal, choices, random);
    }
}

package io.streamq.agent;

import io.streamq.learning.ActionSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What all selectors have in common: of a state the policy does not know, every legal action is equally likely. */
interface InformedSelector extends ActionSelector {
    /**
     * Decides by what is known of a state.
     *
     * @param choices number of legal actions, at least 1
     */
    Decision decide(StatePolicy known, long @Nullable [] legalActions, int choices, RandomGenerator random);

    @Override
    default Decision select(
            Policy policy, String state, long @Nullable [] legalActions, int actions, RandomGenerator random) {
        int choices = ActionSet.size(legalActions, actions);
        if (choices == 0) {
            throw new IllegalArgumentException("at least one action must be legal: got none");
        }
        StatePolicy known = policy.lookup(state);
        if (known == null) {
            int action = ActionSet.member(legalActions, random.nextInt(choices));
            return new Decision(action, Decision.NO_VERSION, 1.0 / choices);
        }
        if (known.actions() != actions) {
            throw new IllegalArgumentException("the agent and policy '" + known.policyId()
                    + "' must agree on the number of actions: the agent has " + actions + ", the policy "
                    + known.actions());
        }
        return decide(known, legalActions, choices, random);
    }
}

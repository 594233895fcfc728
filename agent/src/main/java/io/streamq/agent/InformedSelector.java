package io.streamq.agent;

import io.streamq.learning.ActionSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What all selectors have in common: of a state the policy does not know, every legal action is equally likely; and while agent and policy
 * differ in the number of actions, as when a policy grows under agents that run, the agent keeps to those that both have, if any is legal.
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
        int choices = ActionSet.size(legalActions, actions);
        if (choices == 0) {
            throw new IllegalArgumentException("at least one action must be legal: got none");
        }
        Decision decision = select(policy.lookup(state), legalActions, choices, actions, random);
        return legalActions == null ? decision : decision.among(ActionSet.members(legalActions, actions));
    }

    private Decision select(
            @Nullable StatePolicy known,
            long @Nullable [] legalActions,
            int choices,
            int actions,
            RandomGenerator random) {
        if (known != null && known.actions() == actions) {
            return decide(known, legalActions, choices, random);
        }
        if (known != null) {
            long[] common = ActionSet.below(Math.min(actions, known.actions()), legalActions, known.actions());
            int commonChoices = ActionSet.size(common, known.actions());
            if (commonChoices > 0) {
                return decide(known, common, commonChoices, random);
            }
        }
        int action = ActionSet.member(legalActions, random.nextInt(choices));
        return new Decision(action, Decision.NO_VERSION, 1.0 / choices);
    }
}

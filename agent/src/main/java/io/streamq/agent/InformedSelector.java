package io.streamq.agent;

import io.streamq.learning.ActionSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What all selectors share: in a state the policy does not know, every legal action is equally likely; while agent and policy differ in
 * their number of actions, as when a policy grows while agents run, the choice is among those that both have, if any of them is legal.
 */
interface InformedSelector extends ActionSelector {
    /**
     * Chooses by what is known of the state.
     *
     * @param legalActions only actions that {@code known} has; {@code null} for all of these
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
        if (known != null && known.actions() == actions) {
            return told(decide(known, legalActions, choices, random), legalActions, actions);
        }
        if (known != null) {
            long[] common = ActionSet.below(Math.min(actions, known.actions()), legalActions, known.actions());
            int commonChoices = ActionSet.size(common, known.actions());
            if (commonChoices > 0) {
                // The job would reject experience that names actions its policy does not have.
                return told(
                        decide(known, common, commonChoices, random),
                        legalActions == null ? null : common,
                        known.actions());
            }
        }
        int action = ActionSet.member(legalActions, random.nextInt(choices));
        return told(new Decision(action, Decision.NO_VERSION, 1.0 / choices), legalActions, actions);
    }

    private static Decision told(Decision decision, long @Nullable [] legalActions, int actions) {
        return legalActions == null ? decision : decision.among(ActionSet.members(legalActions, actions));
    }
}

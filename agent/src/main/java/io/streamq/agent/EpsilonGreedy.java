package io.streamq.agent;

import io.streamq.learning.ActionSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * With probability epsilon a uniformly random legal action, which may happen to be the best one too; else the best known one.
 *
 * @param epsilon in [0, 1]
 */
record EpsilonGreedy(double epsilon) implements ActionSelector {
    EpsilonGreedy {
        if (!(epsilon >= 0 && epsilon <= 1)) {
            throw new IllegalArgumentException("epsilon must be in [0, 1]: got " + epsilon);
        }
    }

    @Override
    public Decision select(
            Policy policy, String state, long @Nullable [] legalActions, int actions, RandomGenerator random) {
        int choices = count(legalActions, actions);
        StatePolicy known = policy.lookup(state);
        if (known == null) {
            return new Decision(draw(legalActions, choices, random), Decision.NO_VERSION, 1.0 / choices);
        }
        if (known.actions() != actions) {
            throw new IllegalArgumentException("the agent and policy '" + known.policyId()
                    + "' must agree on the number of actions: the agent has " + actions + ", the policy "
                    + known.actions());
        }
        int best = known.action(legalActions);
        int action = random.nextDouble() < epsilon ? draw(legalActions, choices, random) : best;
        return new Decision(action, known.version(), epsilon / choices + (action == best ? 1 - epsilon : 0));
    }

    private static int count(long @Nullable [] legalActions, int actions) {
        if (legalActions == null) {
            return actions;
        }
        int choices = 0;
        for (long word : legalActions) {
            choices += Long.bitCount(word);
        }
        if (choices == 0) {
            throw new IllegalArgumentException("at least one action must be legal: got none");
        }
        return choices;
    }

    private static int draw(long @Nullable [] legalActions, int choices, RandomGenerator random) {
        int drawn = random.nextInt(choices);
        if (legalActions == null) {
            return drawn;
        }
        int action = -1;
        for (int skipped = 0; skipped <= drawn; skipped++) {
            do {
                action++;
            } while (!ActionSet.contains(legalActions, action));
        }
        return action;
    }
}

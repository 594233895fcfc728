package io.streamq.agent;

import io.streamq.learning.ActionSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * With probability epsilon a uniformly random legal action, possibly the best one too; else the best known one.
 *
 * @param epsilon in [0, 1]
 */
record EpsilonGreedy(double epsilon) implements InformedSelector {
    EpsilonGreedy {
        if (!(epsilon >= 0 && epsilon <= 1)) {
            throw new IllegalArgumentException("epsilon must be in [0, 1]: got " + epsilon);
        }
    }

    @Override
    public Decision decide(StatePolicy known, long @Nullable [] legalActions, int choices, RandomGenerator random) {
        int best = known.action(legalActions);
        int action = random.nextDouble() < epsilon ? ActionSet.member(legalActions, random.nextInt(choices)) : best;
        return new Decision(action, known.version(), epsilon / choices + (action == best ? 1 - epsilon : 0));
    }
}

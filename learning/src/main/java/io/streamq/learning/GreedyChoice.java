package io.streamq.learning;

import org.jspecify.annotations.Nullable;

/** The greedy choice among legal actions, with deterministic ties. Allocates nothing. */
public final class GreedyChoice {
    /** No action: the incumbent of a state that has none yet. */
    public static final int NONE = -1;

    private GreedyChoice() {}

    /** The lowest index among the best legal actions; {@link #NONE} if no action is legal. */
    public static int argmax(double[] qValues, long @Nullable [] legal) {
        int best = NONE;
        double bestValue = Double.NEGATIVE_INFINITY;
        for (int action = 0; action < qValues.length; action++) {
            if (ActionSet.contains(legal, action) && (best == NONE || qValues[action] > bestValue)) {
                best = action;
                bestValue = qValues[action];
            }
        }
        return best;
    }
}

package io.streamq.learning;

import org.jspecify.annotations.Nullable;

/** The greedy choice among legal actions, with deterministic ties. Allocates nothing. */
public final class GreedyChoice {
    /** No action: the incumbent of a state that has none yet. */
    public static final int NONE = -1;

    private GreedyChoice() {}

    /**
     * The greedy action. The incumbent stays unless a legal action is strictly better by more than the margin; without a
     * legal incumbent the lowest index among the best wins.
     *
     * @param qValues the row, one value per action
     * @param legal legal actions as in {@link ActionSet}, not empty; {@code null} for all
     * @param incumbent the greedy action so far, or {@link #NONE}
     * @param margin what a challenger must win by, at least 0
     */
    public static int of(double[] qValues, long @Nullable [] legal, int incumbent, double margin) {
        int best = argmax(qValues, legal);
        boolean incumbentStands = incumbent != NONE && ActionSet.contains(legal, incumbent);
        return incumbentStands && !(qValues[best] > qValues[incumbent] + margin) ? incumbent : best;
    }

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

package io.streamq.agent;

import io.streamq.learning.ActionSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The legal action of greatest Q + c * sqrt(ln N / n), n being the announced visits of the action and N those of all legal ones
 * (Sutton and Barto 2018, section 2.7). Untried actions come first; among equals the lowest index wins.
 *
 * @param c in the unit of the values; finite and at least 0
 */
record UpperConfidenceBound(double c) implements InformedSelector {
    UpperConfidenceBound {
        if (!(c >= 0 && Double.isFinite(c))) {
            throw new IllegalArgumentException("c must be finite and >= 0: got " + c);
        }
    }

    @Override
    public Decision decide(StatePolicy known, long @Nullable [] legalActions, int choices, RandomGenerator random) {
        long visits = 0;
        for (int action = 0; action < known.actions(); action++) {
            if (ActionSet.contains(legalActions, action)) {
                visits += known.visits(action);
            }
        }
        double logVisits = Math.log((double) visits);
        int best = -1;
        double greatest = 0;
        for (int action = 0; action < known.actions(); action++) {
            if (ActionSet.contains(legalActions, action)) {
                double bound = bound(known, action, logVisits);
                if (best < 0 || bound > greatest) {
                    best = action;
                    greatest = bound;
                }
            }
        }
        return new Decision(best, known.version(), 1);
    }

    private double bound(StatePolicy known, int action, double logVisits) {
        long visits = known.visits(action);
        return visits == 0 ? Double.POSITIVE_INFINITY : known.qValue(action) + c * Math.sqrt(logVisits / visits);
    }
}

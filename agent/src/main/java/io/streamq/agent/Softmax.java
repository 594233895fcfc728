package io.streamq.agent;

import io.streamq.learning.ActionSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Each legal action with a probability proportional to exp(Q / temperature) (Sutton and Barto 2018, section 2.8).
 *
 * @param temperature in the unit of the values; finite and greater than 0
 */
record Softmax(double temperature) implements InformedSelector {
    Softmax {
        if (!(temperature > 0 && Double.isFinite(temperature))) {
            throw new IllegalArgumentException("temperature must be finite and > 0: got " + temperature);
        }
    }

    @Override
    public Decision decide(StatePolicy known, long @Nullable [] legalActions, int choices, RandomGenerator random) {
        double greatest = known.qValue(known.bestAction(legalActions));
        double sum = 0;
        for (int action = 0; action < known.actions(); action++) {
            sum += weight(known, legalActions, action, greatest);
        }
        double rest = random.nextDouble() * sum;
        int drawn = -1;
        double weight = 0;
        for (int action = 0; action < known.actions() && rest >= 0; action++) {
            double candidate = weight(known, legalActions, action, greatest);
            // A remainder from rounding goes to the last action that can be drawn at all.
            if (candidate > 0) {
                drawn = action;
                weight = candidate;
                rest -= candidate;
            }
        }
        return new Decision(drawn, known.version(), weight / sum);
    }

    /** Relative to the greatest value, so that no exponential overflows; 0 for an action that is not legal. */
    private double weight(StatePolicy known, long @Nullable [] legalActions, int action, double greatest) {
        return ActionSet.contains(legalActions, action) ? Math.exp((known.qValue(action) - greatest) / temperature) : 0;
    }
}

package io.streamq.cli.experiment;

import io.streamq.learning.Algorithm;
import io.streamq.learning.GreedyChoice;
import io.streamq.learning.LearningRate;
import io.streamq.learning.QRow;
import io.streamq.learning.TemporalDifference;
import io.streamq.simulation.Mdp;
import java.util.ArrayDeque;

/**
 * The algorithms without a stream: one table, one experience after another. Successor values may be read some updates before
 * they are used, as in the job.
 */
final class SequentialLearner {
    /** No state. */
    static final int NONE = -1;

    private static final double NO_MARGIN = 0;

    private final Algorithm algorithm;
    private final LearningRate rate;
    private final double discount;
    private final int delay;
    private final QRow[] rows;
    private final double[] bootstrapValues;
    private final ArrayDeque<Valued> onTheWay = new ArrayDeque<>();

    /** An experience whose target is known and not applied yet. */
    private record Valued(int state, int action, int table, double target) {}

    /** @param delay updates between reading the successor's value and using it */
    SequentialLearner(Mdp mdp, Algorithm algorithm, LearningRate rate, double discount, int delay) {
        this.algorithm = algorithm;
        this.rate = rate;
        this.discount = discount;
        this.delay = delay;
        this.rows = new QRow[mdp.states()];
        for (int state = 0; state < rows.length; state++) {
            rows[state] = QRow.untouched(algorithm.tables(), mdp.actions(), 0);
            long[] legal = mdp.legalActions(state);
            if (legal != null) {
                rows[state].restrictTo(legal);
            }
        }
        this.bootstrapValues = new double[algorithm.bootstrapWidth(mdp.actions())];
    }

    /**
     * Learns from an experience, for an algorithm that needs no next action.
     *
     * @return the state whose row changed; {@link #NONE} if no experience was applied yet
     */
    int learn(int state, int action, double reward, int nextState, boolean terminated, int coin) {
        onTheWay.add(
                new Valued(state, action, algorithm.tableToUpdate(coin), target(reward, nextState, terminated, coin)));
        if (onTheWay.size() <= delay) {
            return NONE;
        }
        Valued valued = onTheWay.remove();
        TemporalDifference.update(rows[valued.state], valued.table, valued.action, valued.target, rate);
        rows[valued.state].chooseGreedy(NO_MARGIN);
        return valued.state;
    }

    private double target(double reward, int nextState, boolean terminated, int coin) {
        if (terminated) {
            return TemporalDifference.terminalTarget(reward);
        }
        algorithm.bootstrapValues(rows[nextState], bootstrapValues);
        return TemporalDifference.target(
                reward, discount, bootstrapValues[algorithm.bootstrapIndex(coin, GreedyChoice.NONE)]);
    }

    /** The row of a state. */
    QRow row(int state) {
        return rows[state];
    }
}

package io.streamq.learning;

import java.io.Serializable;

/**
 * What a successor row contributes to the update of its predecessor. Rows publish a few numbers, the <em>bootstrap values</em>; each
 * experience picks one of them, and from there the update is the same for all algorithms ({@link TemporalDifference}). So a successor's
 * whole row never has to travel.
 */
public sealed interface Algorithm extends Serializable
        permits QLearning, DoubleQLearning, ExpectedSarsa, SoftmaxExpectedSarsa, Sarsa {
    /** Tables per row: 1, or 2 for double Q-learning. */
    default int tables() {
        return 1;
    }

    /** How many bootstrap values a row with that many actions publishes. */
    default int bootstrapWidth(int actions) {
        return 1;
    }

    /**
     * Computes the bootstrap values of a row. Allocates nothing.
     *
     * @param row with its greedy action already chosen
     * @param into room for at least {@link #bootstrapWidth} numbers, overwritten from 0
     */
    void bootstrapValues(QRow row, double[] into);

    /**
     * Whether a row publishes only the value of its best action. Experience of another action then changes nothing published, unless it
     * makes that action the best.
     */
    default boolean publishesBestValueOnly() {
        return false;
    }

    /** How an experience chooses among the successor's bootstrap values. */
    default BootstrapChoice bootstrapChoice() {
        return BootstrapChoice.ONLY;
    }

    /**
     * The index of the successor's bootstrap value that an experience needs.
     *
     * @param coin 0 or 1, a fair and repeatable function of the experience's identity
     * @param nextAction the action taken in the successor, or {@link GreedyChoice#NONE}
     */
    default int bootstrapIndex(int coin, int nextAction) {
        return bootstrapChoice().index(coin, nextAction);
    }

    /** The table that an experience with this coin updates. */
    default int tableToUpdate(int coin) {
        return 0;
    }

    /** Whether a non-terminal experience must name its next action. */
    default boolean needsNextAction() {
        return bootstrapChoice() == BootstrapChoice.BY_NEXT_ACTION;
    }
}

package io.streamq.job.learn;

import io.streamq.job.policy.PolicyRules;
import io.streamq.job.record.KeyWords;
import io.streamq.job.record.Rejection;
import io.streamq.job.record.TransitionBatch;
import io.streamq.job.rejection.RejectedException;
import io.streamq.learning.ActionSet;
import io.streamq.learning.GreedyChoice;
import io.streamq.learning.QRow;
import io.streamq.learning.TemporalDifference;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Applies transitions to rows by the rules of a policy. */
final class RowLearner {
    private final PolicyRules rules;
    private final int stateBytes;
    private final boolean needsNextAction;
    private final boolean tossesCoin;
    private final int generation;

    RowLearner(PolicyRules rules) {
        this.rules = rules;
        this.stateBytes = rules.limits().stateBytes();
        this.needsNextAction = rules.algorithm().needsNextAction();
        this.tossesCoin = rules.algorithm().tables() > 1;
        this.generation = ViewPlace.shortGeneration(rules.generation());
    }

    /** The coin of an experience: fair, and the same for every copy of it. */
    static int coin(long identity) {
        return (int) (identity >>> 63);
    }

    /** A row for a state that nobody acted in. */
    QRow untouchedRow() {
        return QRow.untouched(rules.algorithm().tables(), rules.actions(), rules.initialQ());
    }

    /** Whether a row has the shape that the rules imply. */
    boolean fits(QRow row) {
        return row.actions() == rules.actions()
                && row.tables() == rules.algorithm().tables();
    }

    /**
     * Applies a transition and chooses the greedy action again.
     *
     * @param state of the row
     * @param transition the current one of the batch
     * @return |target - Q(s,a)| before the update
     * @throws RejectedException if it cannot be applied; the row is unchanged
     */
    double apply(KeyWords state, QRow row, TransitionBatch transition) throws RejectedException {
        require(state, transition);
        long[] legal = legalActions(row, transition);
        int table = tossesCoin ? rules.algorithm().tableToUpdate(coin(transition.identity())) : 0;
        double target = targetOf(transition);
        double error = TemporalDifference.update(row, table, transition.action(), target, rules.learningRate());
        if (Double.isNaN(error)) {
            throw new RejectedException(
                    Rejection.UPDATE_NOT_FINITE,
                    "the new value must be finite: Q(s,a)=" + row.value(table, transition.action()) + ", target="
                            + target + ", reward=" + transition.reward() + ", next value=" + nextValueOf(transition));
        }
        if (legal != null) {
            row.restrictTo(legal);
        }
        row.chooseGreedy(rules.emission().margin());
        return Math.abs(error);
    }

    private void require(KeyWords state, TransitionBatch transition) throws RejectedException {
        if (transition.action() >= rules.actions()) {
            throw new RejectedException(
                    Rejection.ACTION_OUT_OF_RANGE,
                    "action must be in [0, " + rules.actions() + "): got " + transition.action());
        }
        if (transition.nextStateBytes() > stateBytes || state.length() > stateBytes) {
            requireShort("state", state.stateLength());
            requireShort("nextState", transition.nextStateBytes());
        }
        if (needsNextAction && !transition.terminated()) {
            requireNextAction(transition.nextAction());
        }
    }

    private void requireShort(String field, int length) throws RejectedException {
        if (length > stateBytes) {
            throw new RejectedException(
                    Rejection.STATE_TOO_LONG,
                    field + " must have at most " + stateBytes + " bytes of UTF-8: got " + length);
        }
    }

    private void requireNextAction(int nextAction) throws RejectedException {
        if (nextAction == GreedyChoice.NONE) {
            throw new RejectedException(
                    Rejection.NEXT_ACTION_MISSING, "SARSA needs nextAction unless terminated is true");
        }
        if (nextAction < 0 || nextAction >= rules.actions()) {
            throw new RejectedException(
                    Rejection.NEXT_ACTION_OUT_OF_RANGE,
                    "nextAction must be in [0, " + rules.actions() + "): got " + nextAction);
        }
    }

    /** The legal actions in a transition, in as many words as the policy's rows have; {@code null} if it has none. */
    private long @Nullable [] legalActions(QRow row, TransitionBatch transition) throws RejectedException {
        long[] told = transition.legalActions();
        if (told == null) {
            if (!ActionSet.contains(row.legalActions(), transition.action())) {
                throw new RejectedException(
                        Rejection.ACTION_NOT_LEGAL,
                        "action must be one of the legalActions that an earlier experience gave for this state: got "
                                + transition.action());
            }
            return null;
        }
        int greatest = 64 * told.length - 1 - Long.numberOfLeadingZeros(told[told.length - 1]);
        if (greatest >= rules.actions()) {
            throw new RejectedException(
                    Rejection.LEGAL_ACTIONS_INVALID,
                    "legalActions must be in [0, " + rules.actions() + "): got " + greatest);
        }
        int words = (rules.actions() + 63) / 64;
        return told.length == words ? told : Arrays.copyOf(told, words);
    }

    private double targetOf(TransitionBatch transition) {
        double reward = rules.reward().of(transition.reward());
        if (transition.terminated()) {
            return TemporalDifference.terminalTarget(reward);
        }
        double discount = Double.isNaN(transition.discount()) ? rules.discount() : transition.discount();
        return TemporalDifference.target(reward, discount, nextValueOf(transition));
    }

    /**
     * The successor's value; the initial one if it has no row, or if its row was read in another generation: a reset reaches shards one by
     * one, and what was learnt before must not seep into what comes after.
     */
    private double nextValueOf(TransitionBatch transition) {
        double value = transition.nextValue();
        return Double.isNaN(value) || transition.nextGeneration() != generation ? rules.initialQ() : value;
    }
}

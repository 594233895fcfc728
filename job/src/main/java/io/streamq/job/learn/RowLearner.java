package io.streamq.job.learn;

import io.streamq.job.options.JobOptions.PolicyDefaults;
import io.streamq.job.record.Rejection;
import io.streamq.job.record.ValuedTransition;
import io.streamq.job.rejection.RejectedException;
import io.streamq.learning.ActionSet;
import io.streamq.learning.QRow;
import io.streamq.learning.TemporalDifference;
import org.jspecify.annotations.Nullable;

/** Applies transitions to rows by the rules of a policy. */
final class RowLearner {
    private static final double NO_MARGIN = 0;

    private final PolicyDefaults policy;

    RowLearner(PolicyDefaults policy) {
        this.policy = policy;
    }

    /** A row for a state that nobody acted in. */
    QRow untouchedRow() {
        return QRow.untouched(policy.algorithm().tables(), policy.actions(), policy.initialQ());
    }

    /** Whether a restored row has the shape that the policy's options imply. */
    boolean fits(QRow row) {
        return row.actions() == policy.actions()
                && row.tables() == policy.algorithm().tables();
    }

    /**
     * Applies a transition.
     *
     * @return |target - Q(s,a)| before the update
     * @throws RejectedException if it cannot be applied; the row is as it was
     */
    double apply(QRow row, ValuedTransition transition) throws RejectedException {
        requireLegal(row.legalActions(), transition);
        int table = policy.algorithm().tableToUpdate(transition.coin());
        double target = targetOf(transition);
        double error = TemporalDifference.update(row, table, transition.action(), target, policy.learningRate());
        if (Double.isNaN(error)) {
            throw new RejectedException(
                    Rejection.UPDATE_NOT_FINITE,
                    "the new value must be finite: Q(s,a)=" + row.value(table, transition.action()) + ", target="
                            + target + ", reward=" + transition.reward() + ", next value=" + transition.nextValue());
        }
        if (transition.legalActions() != null) {
            row.restrictTo(transition.legalActions());
        }
        return Math.abs(error);
    }

    /** Chooses the greedy action anew; whether it is another one than before. */
    boolean chooseGreedy(QRow row) {
        return row.chooseGreedy(NO_MARGIN);
    }

    /** Whether the greedy value is further from the announced one than the policy tolerates. */
    boolean valueMoved(QRow row) {
        return Math.abs(row.meanValue(row.greedyAction()) - row.announcedValue()) > policy.valueTolerance();
    }

    private static void requireLegal(long @Nullable [] known, ValuedTransition transition) throws RejectedException {
        if (transition.legalActions() == null && !ActionSet.contains(known, transition.action())) {
            throw new RejectedException(
                    Rejection.ACTION_NOT_LEGAL,
                    "action must be one of the legalActions that an earlier experience told of this state: got "
                            + transition.action());
        }
    }

    private double targetOf(ValuedTransition transition) {
        if (transition.terminated()) {
            return TemporalDifference.terminalTarget(transition.reward());
        }
        double discount = Double.isNaN(transition.discount()) ? policy.discount() : transition.discount();
        return TemporalDifference.target(transition.reward(), discount, transition.nextValue());
    }
}

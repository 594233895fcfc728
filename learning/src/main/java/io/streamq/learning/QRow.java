package io.streamq.learning;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one state: the values of its actions and how often each was tried. Double Q-learning keeps two tables, all
 * others one. Mutable and owned by one thread.
 *
 * <p>Entries of table {@code t} and action {@code a} stand at {@code t * actions + a} of both arrays.
 */
public final class QRow {
    /** Estimated returns; the initial value where {@link #visits} is 0. */
    private final double[] values;
    /** Experiences applied to each entry; the n of the learning rates. */
    private final long[] visits;

    private final int actions;
    /** Legal actions as in {@link ActionSet}; {@code null} as long as nobody restricted them: all. */
    private long @Nullable [] legalActions;
    /** The incumbent greedy action; {@link GreedyChoice#NONE} before the first update. */
    private int greedyAction = GreedyChoice.NONE;
    /** Announcements of this row so far; 0 before the first. */
    private long version;
    /** The epoch of the last announcement; 0 before the first. */
    private long epoch;
    /** The greedy action's value in the last announcement; NaN before the first. */
    private double announcedValue = Double.NaN;

    private QRow(int actions, double[] values, long[] visits) {
        this.actions = actions;
        this.values = values;
        this.visits = visits;
    }

    /** A row that nobody has touched, every value being {@code initialValue}. */
    public static QRow untouched(int tables, int actions, double initialValue) {
        double[] values = new double[tables * actions];
        Arrays.fill(values, initialValue);
        return new QRow(actions, values, new long[tables * actions]);
    }

    /**
     * A row from its parts, as read from a snapshot; takes ownership of the arrays.
     *
     * @param actions number of actions
     * @param values one value per table and action
     * @param visits as many counts
     * @throws IllegalArgumentException if the lengths do not fit
     */
    public static QRow of(
            int actions,
            double[] values,
            long[] visits,
            long @Nullable [] legalActions,
            int greedyAction,
            long version,
            long epoch,
            double announcedValue) {
        if (actions < 1 || values.length % actions != 0 || values.length != visits.length) {
            throw new IllegalArgumentException("a row needs one value and one count per table and action: actions="
                    + actions + " values=" + values.length + " visits=" + visits.length);
        }
        QRow row = new QRow(actions, values, visits);
        row.legalActions = legalActions;
        row.greedyAction = greedyAction;
        row.version = version;
        row.epoch = epoch;
        row.announcedValue = announcedValue;
        return row;
    }

    /** A row of its own with the same content. */
    public QRow copy() {
        long[] legal = legalActions == null ? null : legalActions.clone();
        return of(actions, values.clone(), visits.clone(), legal, greedyAction, version, epoch, announcedValue);
    }

    public int actions() {
        return actions;
    }

    public int tables() {
        return values.length / actions;
    }

    /** The value of an action in a table. */
    public double value(int table, int action) {
        return values[table * actions + action];
    }

    /** Experiences applied to an action in a table. */
    public long visits(int table, int action) {
        return visits[table * actions + action];
    }

    /** Experiences applied to an action, all tables together. */
    public long visits(int action) {
        long sum = 0;
        for (int entry = action; entry < visits.length; entry += actions) {
            sum += visits[entry];
        }
        return sum;
    }

    /** Experiences applied to this state. */
    public long updates() {
        long sum = 0;
        for (long count : visits) {
            sum += count;
        }
        return sum;
    }

    /** The value a policy goes by: that of the only table, or the mean of two. */
    public double meanValue(int action) {
        return values.length == actions ? values[action] : (values[action] + values[actions + action]) / 2;
    }

    public long @Nullable [] legalActions() {
        return legalActions;
    }

    public int greedyAction() {
        return greedyAction;
    }

    public long version() {
        return version;
    }

    public long epoch() {
        return epoch;
    }

    public double announcedValue() {
        return announcedValue;
    }

    /** Sets one entry and counts the visit. */
    void apply(int table, int action, double newValue) {
        values[table * actions + action] = newValue;
        visits[table * actions + action]++;
    }

    /** Replaces the legal actions; the row keeps the array. */
    public void restrictTo(long[] legal) {
        legalActions = legal;
    }

    /**
     * Chooses the greedy action anew, ties going as in {@link GreedyChoice}.
     *
     * @param margin what a challenger must win by, at least 0
     * @return whether another action than before is greedy now
     */
    public boolean chooseGreedy(double margin) {
        int best = bestLegalAction();
        boolean incumbentStands = greedyAction != GreedyChoice.NONE
                && ActionSet.contains(legalActions, greedyAction)
                && !(meanValue(best) > meanValue(greedyAction) + margin);
        if (incumbentStands || best == greedyAction) {
            return false;
        }
        greedyAction = best;
        return true;
    }

    /** The lowest index among the legal actions of greatest mean value. */
    public int bestLegalAction() {
        if (values.length == actions) {
            return GreedyChoice.argmax(values, legalActions);
        }
        int best = GreedyChoice.NONE;
        double bestValue = Double.NEGATIVE_INFINITY;
        for (int action = 0; action < actions; action++) {
            if (ActionSet.contains(legalActions, action) && (best < 0 || meanValue(action) > bestValue)) {
                best = action;
                bestValue = meanValue(action);
            }
        }
        return best;
    }

    /** Notes that the row, its greedy action chosen, is announced: raises the version by one. */
    public void announced(long inEpoch) {
        version++;
        epoch = inEpoch;
        announcedValue = meanValue(greedyAction);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof QRow row
                && actions == row.actions
                && Arrays.equals(values, row.values)
                && Arrays.equals(visits, row.visits)
                && Arrays.equals(legalActions, row.legalActions)
                && greedyAction == row.greedyAction
                && version == row.version
                && epoch == row.epoch
                && Double.compare(announcedValue, row.announcedValue) == 0;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "QRow{values=" + Arrays.toString(values) + ", visits=" + Arrays.toString(visits) + ", legal="
                + Arrays.toString(legalActions) + ", greedy=" + greedyAction + ", version=" + version + ", epoch="
                + epoch + ", announced=" + announcedValue + '}';
    }
}

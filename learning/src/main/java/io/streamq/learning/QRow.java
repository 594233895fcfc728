package io.streamq.learning;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one state: the values of its actions and how often each was tried. Double Q-learning keeps two tables, all
 * others one. Mutable and owned by one thread.
 *
 * <p>The entry of table {@code t} and action {@code a} is the {@code t * actions + a}-th.
 */
public final class QRow {
    /** The address of a row that is not published. */
    public static final long NOWHERE = -1;

    /**
     * For each entry its value, which is the initial one where nothing was applied, and then the number of experiences applied to
     * it, the n of the learning rates. Side by side, as an update needs both and memory is what it waits for; a double counts
     * exactly to 2^53.
     */
    private final double[] cells;

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
    /** Where its owner publishes it, which is no part of the row: neither compared nor kept in snapshots. */
    private long address = NOWHERE;
    /** The number last published there; NaN if that is not known. */
    private double publishedValue = Double.NaN;

    private QRow(int actions, double[] cells) {
        this.actions = actions;
        this.cells = cells;
    }

    /** A row that nobody has touched, every value being {@code initialValue}. */
    public static QRow untouched(int tables, int actions, double initialValue) {
        double[] cells = new double[2 * tables * actions];
        for (int entry = 0; entry < cells.length; entry += 2) {
            cells[entry] = initialValue;
        }
        return new QRow(actions, cells);
    }

    /**
     * A row from its parts, as read from a snapshot.
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
        double[] cells = new double[2 * values.length];
        for (int entry = 0; entry < values.length; entry++) {
            cells[2 * entry] = values[entry];
            cells[2 * entry + 1] = visits[entry];
        }
        QRow row = new QRow(actions, cells);
        row.legalActions = legalActions;
        row.greedyAction = greedyAction;
        row.version = version;
        row.epoch = epoch;
        row.announcedValue = announcedValue;
        return row;
    }

    /** A row of its own with the same content, published where this one is. */
    public QRow copy() {
        long[] legal = legalActions == null ? null : legalActions.clone();
        QRow copy = new QRow(actions, cells.clone());
        copy.legalActions = legal;
        copy.greedyAction = greedyAction;
        copy.version = version;
        copy.epoch = epoch;
        copy.announcedValue = announcedValue;
        copy.address = address;
        copy.publishedValue = publishedValue;
        return copy;
    }

    public int actions() {
        return actions;
    }

    public int tables() {
        return cells.length / (2 * actions);
    }

    /** The value of an action in a table. */
    public double value(int table, int action) {
        return cells[2 * (table * actions + action)];
    }

    /** Experiences applied to an action in a table. */
    public long visits(int table, int action) {
        return (long) cells[2 * (table * actions + action) + 1];
    }

    /** Experiences applied to an action, all tables together. */
    public long visits(int action) {
        long sum = 0;
        for (int table = 0; table < tables(); table++) {
            sum += visits(table, action);
        }
        return sum;
    }

    /** Experiences applied to this state. */
    public long updates() {
        long sum = 0;
        for (int action = 0; action < actions; action++) {
            sum += visits(action);
        }
        return sum;
    }

    /** The value a policy goes by: that of the only table, or the mean of two. */
    public double meanValue(int action) {
        return cells.length == 2 * actions ? cells[2 * action] : (value(0, action) + value(1, action)) / 2;
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
        int cell = 2 * (table * actions + action);
        cells[cell] = newValue;
        cells[cell + 1]++;
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

    /** Where the row is published, or {@link #NOWHERE}. */
    public long address() {
        return address;
    }

    /** Notes where the row is published. */
    public void settleAt(long newAddress) {
        address = newAddress;
    }

    /** Notes the number that is published; whether it is another one than before. */
    public boolean publish(double value) {
        boolean changed = publishedValue != value;
        publishedValue = value;
        return changed;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof QRow row
                && actions == row.actions
                && Arrays.equals(cells, row.cells)
                && Arrays.equals(legalActions, row.legalActions)
                && greedyAction == row.greedyAction
                && version == row.version
                && epoch == row.epoch
                && Double.compare(announcedValue, row.announcedValue) == 0;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(cells);
    }

    @Override
    public String toString() {
        return "QRow{actions=" + actions + ", values and visits=" + Arrays.toString(cells) + ", legal="
                + Arrays.toString(legalActions) + ", greedy=" + greedyAction + ", version=" + version + ", epoch="
                + epoch + ", announced=" + announcedValue + '}';
    }
}

package io.streamq.learning;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one state: the values of its actions and how often each was tried. Double Q-learning keeps two tables, all
 * others one. Mutable and owned by one thread.
 *
 * <p>The entry of table {@code t} and action {@code a} is the {@code t * actions + a}-th.
 */
public final class QRow {
    /** The most actions a row may have. */
    public static final int MAX_ACTIONS = 1 << 16;

    /** A row that is announced ten thousand times a second gets there in two hundred years. */
    private static final long MOST_VERSIONS = 1L << 46;

    /** As a time in milliseconds, in the year 6429. */
    private static final long LAST_EPOCH = 1L << 47;

    private static final int GREEDY_BITS = 17;
    private static final int GREEDY_MASK = (1 << GREEDY_BITS) - 1;
    private static final int ANNOUNCED_BITS = 16;
    private static final int ANNOUNCED_MASK = (1 << ANNOUNCED_BITS) - 1;

    // There are millions of rows: these four take 40 bytes with the object's header, and what few rows want takes none
    // of it.

    /**
     * The cells, a {@code double[]}; or {@link Extras}, which have them, where there is more. For each entry its value, which is the
     * initial one where nothing was applied, and then the number of experiences applied to it, the n of the learning rates. Side by
     * side, as an update needs both and memory is what it waits for; a double counts exactly to 2^53.
     */
    private Object body;

    /**
     * Announcements of this row so far, those before it was forgotten included; and in the lowest bits, plus one, the incumbent greedy
     * action, {@link GreedyChoice#NONE} before the first update.
     */
    private long versionAndGreedy;

    /**
     * The epoch of the last announcement, 0 before the first; and in the lowest bits the greedy action in it, which means nothing as
     * long as {@link #announcedValue} is NaN.
     */
    private long epochAndAnnounced;
    /** The greedy action's value in the last announcement; NaN before the first. */
    private double announcedValue = Double.NaN;

    /** What few rows have: a second table, restricted actions, a past that somebody wants to know of. */
    private static final class Extras {
        final double[] cells;
        final int tables;
        /** Legal actions as in {@link ActionSet}; {@code null} as long as nobody restricted them: all. */
        long @Nullable [] legalActions;
        /** What only some policies want to know of the row's past; {@code null} as long as nobody noted any of it. */
        @Nullable
        RowHistory history;

        Extras(double[] cells, int tables) {
            this.cells = cells;
            this.tables = tables;
        }
    }

    private QRow(int tables, double[] cells) {
        body = tables == 1 ? cells : new Extras(cells, tables);
    }

    private double[] cells() {
        return body instanceof double[] cells ? cells : ((Extras) body).cells;
    }

    private Extras ownExtras() {
        if (body instanceof Extras extras) {
            return extras;
        }
        Extras extras = new Extras((double[]) body, 1);
        body = extras;
        return extras;
    }

    /**
     * A row that nobody has touched, every value being {@code initialValue}.
     *
     * @param actions in [1, {@link #MAX_ACTIONS}]
     */
    public static QRow untouched(int tables, int actions, double initialValue) {
        requireActions(actions);
        double[] cells = new double[2 * tables * actions];
        for (int entry = 0; entry < cells.length; entry += 2) {
            cells[entry] = initialValue;
        }
        return new QRow(tables, cells);
    }

    /**
     * A row from its parts, as read from a snapshot.
     *
     * @param actions number of actions, in [1, {@link #MAX_ACTIONS}]
     * @param values one value per table and action
     * @param visits as many counts
     * @param announcedAction {@link GreedyChoice#NONE} if {@code announcedValue} is NaN, for a row that was never announced
     * @param history {@code null} if nothing of it was kept
     * @throws IllegalArgumentException if the lengths do not fit, or only one of announced action and value is there, or a number is
     *     beyond what a row can hold
     */
    public static QRow of(
            int actions,
            double[] values,
            long[] visits,
            long @Nullable [] legalActions,
            int greedyAction,
            long version,
            long epoch,
            int announcedAction,
            double announcedValue,
            @Nullable RowHistory history) {
        requireActions(actions);
        if (values.length % actions != 0 || values.length != visits.length) {
            throw new IllegalArgumentException("a row needs one value and one count per table and action: actions="
                    + actions + " values=" + values.length + " visits=" + visits.length);
        }
        if (announcedAction < GreedyChoice.NONE
                || announcedAction >= actions
                || (announcedAction == GreedyChoice.NONE) != Double.isNaN(announcedValue)) {
            throw new IllegalArgumentException(
                    "a row was announced with one of its actions and its value, or never: action=" + announcedAction
                            + " value=" + announcedValue + " actions=" + actions);
        }
        double[] cells = new double[2 * values.length];
        for (int entry = 0; entry < values.length; entry++) {
            cells[2 * entry] = values[entry];
            cells[2 * entry + 1] = visits[entry];
        }
        if (version < 0 || version >= MOST_VERSIONS || epoch < 0 || epoch > LAST_EPOCH) {
            throw new IllegalArgumentException("a row has a version in [0, " + MOST_VERSIONS + ") and an epoch in [0, "
                    + LAST_EPOCH + "]: version=" + version + " epoch=" + epoch);
        }
        QRow row = new QRow(values.length / actions, cells);
        if (legalActions != null) {
            row.ownExtras().legalActions = legalActions;
        }
        if (history != null) {
            row.ownExtras().history = history;
        }
        row.setVersionAndGreedy(version, greedyAction);
        row.setEpochAndAnnounced(epoch, Math.max(0, announcedAction));
        row.announcedValue = announcedValue;
        return row;
    }

    /** A row of its own with the same content. */
    public QRow copy() {
        return reshaped(tables(), cells().clone());
    }

    /**
     * A row of its own with more actions, which hold the initial value and of which nobody tried any. Where legal actions are
     * restricted, the new ones are not legal. The greedy action is still the old one.
     *
     * @param newActions at least as many as now
     * @throws IllegalArgumentException if they are fewer
     */
    public QRow withActions(int newActions, double initialQ) {
        requireActions(newActions);
        if (newActions < actions()) {
            throw new IllegalArgumentException("a row can only gain actions: has " + actions() + ", got " + newActions);
        }
        double[] newCells = untouched(tables(), newActions, initialQ).cells();
        for (int table = 0; table < tables(); table++) {
            System.arraycopy(cells(), cell(table, 0), newCells, 2 * table * newActions, 2 * actions());
        }
        QRow grown = reshaped(tables(), newCells);
        if (grown.body instanceof Extras extras && extras.legalActions != null) {
            extras.legalActions = Arrays.copyOf(extras.legalActions, (newActions + 63) / 64);
        }
        return grown;
    }

    /**
     * A row of its own for an algorithm with so many tables. From one to two, both get the value and half of the visits, the first
     * one the odd visit too; from two to one, it gets the mean value and the sum of visits. What a policy goes by and the
     * sums of visits stay.
     *
     * @param newTables 1 or 2
     * @throws IllegalArgumentException if it is neither
     */
    public QRow withTables(int newTables) {
        if (newTables < 1 || newTables > 2) {
            throw new IllegalArgumentException("a row has 1 or 2 tables: got " + newTables);
        }
        if (newTables == tables()) {
            return copy();
        }
        QRow other = reshaped(newTables, new double[newTables * 2 * actions()]);
        for (int action = 0; action < actions(); action++) {
            long visits = visits(action);
            for (int table = 0; table < newTables; table++) {
                other.set(table, action, meanValue(action), (visits + newTables - 1 - table) / newTables);
            }
        }
        return other;
    }

    /**
     * A row of its own in which every entry that was never visited has the new initial value. If the number of tables
     * changes too, the initial value goes first: {@link #withTables} may give the second table a value without a visit.
     */
    public QRow withInitialQ(double initialQ) {
        double[] newCells = cells().clone();
        for (int entry = 0; entry < newCells.length; entry += 2) {
            if (newCells[entry + 1] == 0) {
                newCells[entry] = initialQ;
            }
        }
        return reshaped(tables(), newCells);
    }

    /** A row with these cells and everything else as here, shared with nobody. */
    private QRow reshaped(int newTables, double[] newCells) {
        QRow row = new QRow(newTables, newCells);
        long[] legal = legalActions();
        if (legal != null) {
            row.ownExtras().legalActions = legal.clone();
        }
        RowHistory past = history();
        if (past != null) {
            row.ownExtras().history = past.copy();
        }
        row.versionAndGreedy = versionAndGreedy;
        row.epochAndAnnounced = epochAndAnnounced;
        row.announcedValue = announcedValue;
        return row;
    }

    public int actions() {
        return cells().length / (2 * tables());
    }

    public int tables() {
        return body instanceof Extras extras ? extras.tables : 1;
    }

    /** The value of an action in a table. */
    public double value(int table, int action) {
        return cells()[cell(table, action)];
    }

    /** Experiences applied to an action in a table. */
    public long visits(int table, int action) {
        return (long) cells()[cell(table, action) + 1];
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
        double[] cells = cells();
        long sum = 0;
        for (int cell = 1; cell < cells.length; cell += 2) {
            sum += (long) cells[cell];
        }
        return sum;
    }

    /** The value a policy goes by: that of the only table, or the mean of two. */
    public double meanValue(int action) {
        return tables() == 1 ? cells()[2 * action] : (value(0, action) + value(1, action)) / 2;
    }

    /** As in {@link ActionSet}; {@code null} as long as nobody restricted them: all. */
    public long @Nullable [] legalActions() {
        return body instanceof Extras extras ? extras.legalActions : null;
    }

    /** The incumbent greedy action, or {@link GreedyChoice#NONE} before the first update. */
    public int greedyAction() {
        return (int) (versionAndGreedy & GREEDY_MASK) - 1;
    }

    /** Announcements of this row so far, those before it was forgotten included; 0 before the first. */
    public long version() {
        return versionAndGreedy >>> GREEDY_BITS;
    }

    private void setVersionAndGreedy(long version, int greedyAction) {
        versionAndGreedy = version << GREEDY_BITS | (greedyAction + 1);
    }

    /** The epoch of the last announcement; 0 before the first. */
    public long epoch() {
        return epochAndAnnounced >>> ANNOUNCED_BITS;
    }

    private void setEpochAndAnnounced(long epoch, int action) {
        epochAndAnnounced = epoch << ANNOUNCED_BITS | action;
    }

    public double announcedValue() {
        return announcedValue;
    }

    /** The greedy action in the last announcement, or {@link GreedyChoice#NONE}. */
    public int announcedAction() {
        return Double.isNaN(announcedValue) ? GreedyChoice.NONE : (int) (epochAndAnnounced & ANNOUNCED_MASK);
    }

    /** When the row was last announced, in milliseconds since 1970; 0 if that was not kept. */
    public long announcedAtMillis() {
        RowHistory past = history();
        return past == null ? 0 : past.announcedAtMillis();
    }

    /** When the row was last touched, in milliseconds since 1970; 0 if that was not kept. */
    public long touchedAtMillis() {
        RowHistory past = history();
        return past == null ? 0 : past.touchedAtMillis();
    }

    /** What was kept of the row's past; {@code null} if nothing. */
    public @Nullable RowHistory history() {
        return body instanceof Extras extras ? extras.history : null;
    }

    /** Reads the first and the last entry, so that the processor has them at hand when they are wanted. */
    public double prefetch() {
        double[] cells = cells();
        return cells[0] + cells[cells.length - 1];
    }

    /** Sets one entry and counts the visit. */
    void apply(int table, int action, double newValue) {
        double[] cells = cells();
        int cell = cell(table, action);
        cells[cell] = newValue;
        cells[cell + 1]++;
    }

    private void set(int table, int action, double value, long visits) {
        double[] cells = cells();
        int cell = cell(table, action);
        cells[cell] = value;
        cells[cell + 1] = visits;
    }

    private int cell(int table, int action) {
        return 2 * (table == 0 ? action : table * actions() + action);
    }

    private static void requireActions(int actions) {
        if (actions < 1 || actions > MAX_ACTIONS) {
            throw new IllegalArgumentException("a row has 1 to " + MAX_ACTIONS + " actions: got " + actions);
        }
    }

    /** Replaces the legal actions; the row keeps the array. */
    public void restrictTo(long[] legal) {
        ownExtras().legalActions = legal;
    }

    /**
     * Chooses the greedy action anew, ties going as in {@link GreedyChoice}.
     *
     * @param margin what a challenger must win by, at least 0
     * @return whether another action than before is greedy now
     */
    public boolean chooseGreedy(double margin) {
        if (incumbentStands(margin)) {
            return false;
        }
        int best = bestLegalAction();
        boolean isAnother = best != greedyAction();
        setVersionAndGreedy(version(), best);
        return isAnother;
    }

    /** Whether no action beats the incumbent: most often none does, a branch that a processor foresees, unlike a search for the best. */
    private boolean incumbentStands(double margin) {
        int incumbent = greedyAction();
        return incumbent != GreedyChoice.NONE
                && ActionSet.contains(legalActions(), incumbent)
                && !anyLegalAbove(meanValue(incumbent) + margin);
    }

    private boolean anyLegalAbove(double bound) {
        if (allLegalInOneTable()) {
            double[] cells = cells();
            for (int cell = 0; cell < cells.length; cell += 2) {
                if (cells[cell] > bound) {
                    return true;
                }
            }
            return false;
        }
        long[] legal = legalActions();
        for (int action = 0; action < actions(); action++) {
            if (ActionSet.contains(legal, action) && meanValue(action) > bound) {
                return true;
            }
        }
        return false;
    }

    private boolean allLegalInOneTable() {
        return body instanceof double[] || (legalActions() == null && tables() == 1);
    }

    /** The greatest mean value of a legal action. */
    public double bestLegalValue() {
        return meanValue(incumbentStands(0) ? greedyAction() : bestLegalAction());
    }

    /** The lowest index among the legal actions of greatest mean value. */
    public int bestLegalAction() {
        if (allLegalInOneTable()) {
            return bestOfAll();
        }
        long[] legal = legalActions();
        int best = GreedyChoice.NONE;
        double bestValue = Double.NEGATIVE_INFINITY;
        for (int action = 0; action < actions(); action++) {
            if (ActionSet.contains(legal, action) && (best < 0 || meanValue(action) > bestValue)) {
                best = action;
                bestValue = meanValue(action);
            }
        }
        return best;
    }

    /** The same where all are legal and there is one table, which is most often so and faster. */
    private int bestOfAll() {
        double[] cells = cells();
        int best = 0;
        double bestValue = cells[0];
        for (int cell = 2; cell < cells.length; cell += 2) {
            if (cells[cell] > bestValue) {
                best = cell / 2;
                bestValue = cells[cell];
            }
        }
        return best;
    }

    /** Notes that the row, its greedy action chosen, is announced: raises the version by one. */
    public void announced(long inEpoch) {
        int greedy = greedyAction();
        setVersionAndGreedy(version() + 1, greedy);
        setEpochAndAnnounced(inEpoch, greedy);
        announcedValue = meanValue(greedy);
    }

    /** Notes that the row, its greedy action chosen, is announced, and when. */
    public void announced(long inEpoch, long nowMillis) {
        announced(inEpoch);
        ownHistory().announced(nowMillis);
    }

    /**
     * Goes on counting announcements where the row that was forgotten ended.
     *
     * @param lastVersion at least 0
     * @throws IllegalStateException if this row was announced already
     */
    public void versionsAfter(long lastVersion) {
        if (version() != 0) {
            throw new IllegalStateException("a row must take over the count of announcements before its first: has "
                    + version() + ", got " + lastVersion);
        }
        if (lastVersion < 0) {
            throw new IllegalArgumentException("a count of announcements must be >= 0: got " + lastVersion);
        }
        setVersionAndGreedy(lastVersion, greedyAction());
    }

    /** Notes when the row was touched. */
    public void touched(long nowMillis) {
        ownHistory().touched(nowMillis);
    }

    /** Whether the experience of this identity is among those that the row remembers; allocates nothing. */
    public boolean remembers(long identity) {
        RowHistory past = history();
        return past != null && past.remembers(identity);
    }

    /**
     * Remembers the identity of an experience, and the latest {@code window} ones in all.
     *
     * @param window at most 0 to forget all
     */
    public void remember(long identity, int window) {
        RowHistory past = window > 0 ? ownHistory() : history();
        if (past != null) {
            past.remember(identity, window);
        }
    }

    private RowHistory ownHistory() {
        Extras extras = ownExtras();
        if (extras.history == null) {
            extras.history = new RowHistory();
        }
        return extras.history;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof QRow row
                && tables() == row.tables()
                && Arrays.equals(cells(), row.cells())
                && Arrays.equals(legalActions(), row.legalActions())
                && versionAndGreedy == row.versionAndGreedy
                && epoch() == row.epoch()
                && announcedAction() == row.announcedAction()
                && Double.compare(announcedValue, row.announcedValue) == 0
                && Objects.equals(history(), row.history());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(cells());
    }

    @Override
    public String toString() {
        return "QRow{actions=" + actions() + ", values and visits=" + Arrays.toString(cells()) + ", legal="
                + Arrays.toString(legalActions()) + ", greedy=" + greedyAction() + ", version=" + version()
                + ", epoch=" + epoch() + ", announced=" + announcedAction() + " at value " + announcedValue
                + ", history=" + history() + '}';
    }
}

package io.streamq.learning;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one state: the values of its actions and how often each was tried. Double Q-learning keeps two tables, all others one.
 * The numbers are in {@link QRows}; this object is a cursor on one row of them, and {@link #moveTo} takes it to another, so one serves many
 * rows. Mutable and not thread-safe.
 *
 * <p>Table {@code t}, action {@code a} is entry {@code t * actions + a}.
 */
public final class QRow {
    /** The most actions a row can hold; how many a policy may have is up to those who decode it. */
    public static final int MAX_ACTIONS = 1 << 16;

    /** Ten thousand announcements a second reach it in two hundred years. */
    private static final long MOST_VERSIONS = 1L << 46;

    /** As milliseconds since 1970, the year 6429. */
    private static final long LAST_EPOCH = 1L << 47;

    private static final int GREEDY_BITS = 17;
    private static final int GREEDY_MASK = (1 << GREEDY_BITS) - 1;
    private static final int ANNOUNCED_BITS = 16;
    private static final int ANNOUNCED_MASK = (1 << ANNOUNCED_BITS) - 1;

    private final QRows rows;
    /** Those of {@link #rows}; this row starts at {@link #first}. */
    private final double[] words;

    /** Those of {@link #rows}, cached because one cursor reads millions of rows. */
    private @Nullable RowExtras @Nullable [] extras;

    private final int tables;
    private final int stride;

    private int index;
    private int first;

    private QRow(QRows rows, int index) {
        this.rows = rows;
        this.words = rows.words;
        this.extras = rows.extras;
        this.tables = rows.tables();
        this.stride = rows.stride();
        this.index = index;
        this.first = index * stride;
    }

    /**
     * A cursor on a row, valid until rows are added or set there. Of several cursors on the same rows, only one may make changes: each
     * caches the array of extras.
     */
    public static QRow at(QRows rows, int index) {
        return new QRow(rows, index);
    }

    /** Rough heap size beyond its words; 0 for most rows. */
    public int extraBytes() {
        RowExtras own = extras();
        return own == null ? 0 : own.bytes();
    }

    /** Moves this cursor to another of the same rows. */
    public void moveTo(int newIndex) {
        index = newIndex;
        first = newIndex * stride;
    }

    /** Touches some words of a row so that they are in the CPU cache when they are needed. */
    public long prefetch(int anyIndex) {
        int start = anyIndex * stride;
        return Double.doubleToRawLongBits(words[start])
                + Double.doubleToRawLongBits(words[start + stride / 2])
                + Double.doubleToRawLongBits(words[start + stride - 1]);
    }

    /** A detached row: all words 0 but the announced value, as it was never announced. */
    private static QRow alone(int tables, int actions) {
        QRows own = QRows.of(tables, actions, 1, new double[QRows.stride(tables, actions)]);
        QRow row = new QRow(own, 0);
        row.setAnnouncedValue(Double.NaN);
        return row;
    }

    private long bits(int word) {
        return Double.doubleToRawLongBits(words[first + word]);
    }

    private void setBits(int word, long bits) {
        words[first + word] = Double.longBitsToDouble(bits);
    }

    private void setAnnouncedValue(double value) {
        words[first + QRows.ANNOUNCED_VALUE] = value;
    }

    void copyWords(double[] target, int start) {
        System.arraycopy(words, first, target, start, stride);
    }

    @Nullable
    RowExtras extras() {
        return extras == null ? null : extras[index];
    }

    private RowExtras ownExtras() {
        RowExtras known = extras();
        if (known == null) {
            known = new RowExtras();
            setExtras(known);
        }
        return known;
    }

    private void setExtras(RowExtras given) {
        rows.setExtras(index, given);
        extras = rows.extras;
    }

    /**
     * A row that nobody has touched, with {@code initialValue} for every action.
     *
     * @param actions in [1, {@link #MAX_ACTIONS}]
     */
    public static QRow untouched(int tables, int actions, double initialValue) {
        requireActions(actions);
        QRow row = alone(tables, actions);
        for (int entry = 0; entry < tables * actions; entry++) {
            row.words[QRows.CELLS + 2 * entry] = initialValue;
        }
        return row;
    }

    /**
     * A row from its parts, as read from a snapshot.
     *
     * @param actions number of actions, in [1, {@link #MAX_ACTIONS}]
     * @param values one value per table and action
     * @param visits as many counts
     * @param announcedAction {@link GreedyChoice#NONE} if {@code announcedValue} is NaN, for a row that was never announced
     * @param history {@code null} if none was kept
     * @throws IllegalArgumentException if the lengths do not match, if only one of announced action and value is present, or if a number
     *     exceeds what a row can hold
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
        if (version < 0 || version >= MOST_VERSIONS || epoch < 0 || epoch > LAST_EPOCH) {
            throw new IllegalArgumentException("a row has a version in [0, " + MOST_VERSIONS + ") and an epoch in [0, "
                    + LAST_EPOCH + "]: version=" + version + " epoch=" + epoch);
        }
        QRow row = alone(values.length / actions, actions);
        for (int entry = 0; entry < values.length; entry++) {
            row.words[QRows.CELLS + 2 * entry] = values[entry];
            row.words[QRows.CELLS + 2 * entry + 1] = visits[entry];
        }
        if (legalActions != null) {
            row.ownExtras().legalActions = legalActions;
        }
        if (history != null) {
            row.ownExtras().history = history;
        }
        row.setVersionAndGreedy(version, greedyAction);
        row.setEpochAndAnnounced(epoch, Math.max(0, announcedAction));
        row.setAnnouncedValue(announcedValue);
        return row;
    }

    /** A detached copy. */
    public QRow copy() {
        QRow copy = alone(tables(), actions());
        System.arraycopy(words, first, copy.words, 0, copy.words.length);
        copy.takeExtras(this);
        return copy;
    }

    /**
     * A detached copy with more actions, which have the initial value and no visits. Where legal actions are restricted, the new ones are
     * illegal. The greedy action stays.
     *
     * @param newActions at least as many as now
     * @throws IllegalArgumentException if they are fewer
     */
    public QRow withActions(int newActions, double initialQ) {
        requireActions(newActions);
        if (newActions < actions()) {
            throw new IllegalArgumentException("a row can only gain actions: has " + actions() + ", got " + newActions);
        }
        QRow grown = untouched(tables(), newActions, initialQ);
        for (int table = 0; table < tables(); table++) {
            System.arraycopy(words, cell(table, 0), grown.words, grown.cell(table, 0), 2 * actions());
        }
        grown.takeOver(this);
        if (grown.legalActions() != null) {
            grown.restrictTo(Arrays.copyOf(grown.legalActions(), (newActions + 63) / 64));
        }
        return grown;
    }

    /**
     * A detached copy for an algorithm with that many tables. From one to two, both get the value and half of the visits, the first one
     * also the odd visit; from two to one, it gets the mean value and the sum of visits. The values a policy uses and the sums of visits
     * stay.
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
        QRow other = untouched(newTables, actions(), 0);
        other.takeOver(this);
        for (int action = 0; action < actions(); action++) {
            long visits = visits(action);
            for (int table = 0; table < newTables; table++) {
                other.set(table, action, meanValue(action), (visits + newTables - 1 - table) / newTables);
            }
        }
        return other;
    }

    /**
     * A detached copy in which every action never tried has the new initial value. One that was tried keeps its values in both tables:
     * {@link #withTables} may have given the second table a value without a visit.
     */
    public QRow withInitialQ(double initialQ) {
        QRow other = copy();
        for (int action = 0; action < actions(); action++) {
            for (int table = 0; table < tables && visits(action) == 0; table++) {
                other.set(table, action, initialQ, 0);
            }
        }
        return other;
    }

    /** Copies everything but the cells from another row; nothing is shared. */
    private void takeOver(QRow other) {
        System.arraycopy(other.words, other.first, words, first, QRows.CELLS);
        takeExtras(other);
    }

    private void takeExtras(QRow other) {
        RowExtras its = other.extras();
        if (its != null) {
            setExtras(its.copy());
        }
    }

    public int actions() {
        return rows.actions();
    }

    public int tables() {
        return tables;
    }

    /** Past the row's last word. */
    private int end() {
        return first + stride;
    }

    /** The value of an action in a table. */
    public double value(int table, int action) {
        return words[cell(table, action)];
    }

    /** Experiences applied to an action in one table. */
    public long visits(int table, int action) {
        return (long) words[cell(table, action) + 1];
    }

    /** Experiences applied to an action, summed over tables. */
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
        for (int cell = cell(0, 0); cell < end(); cell += 2) {
            sum += (long) words[cell + 1];
        }
        return sum;
    }

    /** The value a policy uses: that of the only table, or the mean of two. */
    public double meanValue(int action) {
        return tables() == 1 ? value(0, action) : mean(value(0, action), value(1, action));
    }

    private static double mean(double one, double other) {
        double mean = (one + other) / 2;
        return Double.isInfinite(mean) ? one / 2 + other / 2 : mean;
    }

    /** As in {@link ActionSet}; {@code null} (all) until restricted. */
    public long @Nullable [] legalActions() {
        RowExtras more = extras();
        return more == null ? null : more.legalActions;
    }

    /** The incumbent greedy action, or {@link GreedyChoice#NONE} before the first update. */
    public int greedyAction() {
        return (int) (bits(QRows.VERSION_AND_GREEDY) & GREEDY_MASK) - 1;
    }

    /**
     * Orders the announcements of a state: each raises it by one. Starts at 0, or, if rows were forgotten before this one came, at a
     * version that none of them exceeded; so it is not a count.
     */
    public long version() {
        return bits(QRows.VERSION_AND_GREEDY) >>> GREEDY_BITS;
    }

    private void setVersionAndGreedy(long version, int greedyAction) {
        setBits(QRows.VERSION_AND_GREEDY, version << GREEDY_BITS | (greedyAction + 1));
    }

    /** Epoch of the last announcement; 0 before the first. */
    public long epoch() {
        return bits(QRows.EPOCH_AND_ANNOUNCED) >>> ANNOUNCED_BITS;
    }

    private void setEpochAndAnnounced(long epoch, int action) {
        setBits(QRows.EPOCH_AND_ANNOUNCED, epoch << ANNOUNCED_BITS | action);
    }

    public double announcedValue() {
        return words[first + QRows.ANNOUNCED_VALUE];
    }

    /** The greedy action in the last announcement, or {@link GreedyChoice#NONE}. */
    public int announcedAction() {
        return Double.isNaN(announcedValue())
                ? GreedyChoice.NONE
                : (int) (bits(QRows.EPOCH_AND_ANNOUNCED) & ANNOUNCED_MASK);
    }

    /** When the row was last announced, in milliseconds since 1970; 0 if not kept. */
    public long announcedAtMillis() {
        RowHistory past = history();
        return past == null ? 0 : past.announcedAtMillis();
    }

    /** When the row was last touched, in milliseconds on the caller's clock; 0 if not kept. */
    public long touchedAtMillis() {
        RowHistory past = history();
        return past == null ? 0 : past.touchedAtMillis();
    }

    /** What was kept of the row's past; {@code null} if nothing. */
    public @Nullable RowHistory history() {
        RowExtras more = extras();
        return more == null ? null : more.history;
    }

    /** Sets one entry and counts the visit. */
    void apply(int table, int action, double newValue) {
        int cell = cell(table, action);
        words[cell] = newValue;
        words[cell + 1]++;
    }

    private void set(int table, int action, double value, long visits) {
        int cell = cell(table, action);
        words[cell] = value;
        words[cell + 1] = visits;
    }

    private int cell(int table, int action) {
        return first + QRows.CELLS + 2 * (table == 0 ? action : table * actions() + action);
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
     * Chooses the greedy action again. The incumbent stays unless a legal action beats it by strictly more than the margin; without a legal
     * incumbent, the lowest index among the best wins.
     *
     * @param margin at least 0
     */
    public void chooseGreedy(double margin) {
        if (!incumbentStands(margin)) {
            setVersionAndGreedy(version(), bestLegalAction());
        }
    }

    /** Whether no action beats the incumbent. Usually none does: a branch the CPU predicts, unlike a search for the best. */
    private boolean incumbentStands(double margin) {
        int incumbent = greedyAction();
        return incumbent != GreedyChoice.NONE
                && ActionSet.contains(legalActions(), incumbent)
                && !anyLegalAbove(meanValue(incumbent) + margin);
    }

    private boolean anyLegalAbove(double bound) {
        if (allLegalInOneTable()) {
            int end = end();
            for (int cell = cell(0, 0); cell < end; cell += 2) {
                if (words[cell] > bound) {
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
        return tables() == 1 && legalActions() == null;
    }

    /** The greatest mean value among legal actions. */
    public double bestLegalValue() {
        return meanValue(incumbentStands(0) ? greedyAction() : bestLegalAction());
    }

    /** The legal action of greatest mean value; the lowest index on a tie. */
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

    /** The legal action of greatest value in a table; the lowest index on a tie. */
    int bestLegalAction(int table) {
        long[] legal = legalActions();
        int best = GreedyChoice.NONE;
        for (int action = 0; action < actions(); action++) {
            if (ActionSet.contains(legal, action)
                    && (best == GreedyChoice.NONE || value(table, action) > value(table, best))) {
                best = action;
            }
        }
        return best;
    }

    /** {@link #bestLegalAction()} for the common case, one table and all actions legal: faster. */
    private int bestOfAll() {
        int actions = actions();
        int best = 0;
        double bestValue = value(0, 0);
        for (int action = 1; action < actions; action++) {
            double value = value(0, action);
            if (value > bestValue) {
                best = action;
                bestValue = value;
            }
        }
        return best;
    }

    /** Records that the row, its greedy action chosen, is announced: raises the version by one. */
    public void announced(long inEpoch) {
        int greedy = greedyAction();
        setVersionAndGreedy(version() + 1, greedy);
        setEpochAndAnnounced(inEpoch, greedy);
        setAnnouncedValue(meanValue(greedy));
    }

    /** Records that the row, its greedy action chosen, is announced, and when. */
    public void announced(long inEpoch, long nowMillis) {
        announced(inEpoch);
        ownHistory().announced(nowMillis);
    }

    /**
     * Puts this row's first announcement after all those of forgotten rows, of which it may have been one.
     *
     * @param lastVersion the greatest version among them, at least 0
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

    /** Records when the row was touched. */
    public void touched(long nowMillis) {
        ownHistory().touched(nowMillis);
    }

    /** Whether the row remembers the experience of this identity; allocates nothing. */
    public boolean remembers(long identity) {
        RowHistory past = history();
        return past != null && past.remembers(identity);
    }

    /**
     * Remembers the identity of an experience, keeping the latest {@code window} in all.
     *
     * @param window at most 0 to forget all
     */
    public void remember(long identity, int window) {
        RowHistory past = window > 0 ? ownHistory() : history();
        if (past != null) {
            past.remember(identity, window);
        }
    }

    /** Replaces the history; the row keeps it. */
    public void keepHistory(RowHistory history) {
        ownExtras().history = history;
    }

    private RowHistory ownHistory() {
        RowExtras more = ownExtras();
        if (more.history == null) {
            more.history = new RowHistory();
        }
        return more.history;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof QRow row
                && rows.fits(row)
                && Arrays.equals(words, cell(0, 0), end(), row.words, row.cell(0, 0), row.end())
                && Arrays.equals(legalActions(), row.legalActions())
                && bits(QRows.VERSION_AND_GREEDY) == row.bits(QRows.VERSION_AND_GREEDY)
                && epoch() == row.epoch()
                && announcedAction() == row.announcedAction()
                && Double.compare(announcedValue(), row.announcedValue()) == 0
                && Objects.equals(history(), row.history());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(cells());
    }

    private double[] cells() {
        return Arrays.copyOfRange(words, cell(0, 0), end());
    }

    @Override
    public String toString() {
        return "QRow{actions=" + actions() + ", values and visits=" + Arrays.toString(cells()) + ", legal="
                + Arrays.toString(legalActions()) + ", greedy=" + greedyAction() + ", version=" + version()
                + ", epoch=" + epoch() + ", announced=" + announcedAction() + " at value " + announcedValue()
                + ", history=" + history() + '}';
    }
}

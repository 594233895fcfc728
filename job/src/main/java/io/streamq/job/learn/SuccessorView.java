package io.streamq.job.learn;

import io.streamq.job.record.KeyPrefix;
import io.streamq.job.record.KeyWords;
import io.streamq.job.record.StateKey;
import io.streamq.learning.BootstrapChoice;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;

/**
 * The bootstrap values of all rows of a shard, in memory: written by LEARN's thread, read by others, without locks and without allocation
 * except for growth.
 *
 * <p>A table maps keys to places. The only number of a row, as most have one, is in the table beside the key, and one load brings both;
 * other rows' numbers are in an arena of pages. Each is replaced as a whole, the arena together with the table whose places are in it. One
 * thread writes, any number read. A reader sees each number either old or new, never torn and never another row's; it may be slightly
 * stale, which the learning allows (asynchronous Q-learning under bounded delay, Tsitsiklis 1994).
 */
final class SuccessorView {
    /**
     * How many keys to load before any is processed: about as many loads as a core has in flight, few enough to be still in its L1 cache
     * afterwards.
     */
    static final int TOGETHER = 16;

    /** The position of a row for which none was set. */
    static final int NO_POSITION = -1;

    private static final int INITIAL_CAPACITY = 1 << 10;

    /** Result of a read. Confined to the reader's thread. */
    static final class Found {
        private double value;
        private int generation;

        /** NaN if the experience needs an action that the row does not have. */
        double value() {
            return value;
        }

        /** Of no row. */
        void nothing(double instead) {
            value = instead;
            generation = 0;
        }

        /** As in {@link ViewPlace#shortGeneration}. */
        int generation() {
            return generation;
        }
    }

    private volatile ViewTable table = new ViewTable(INITIAL_CAPACITY, new NumberArena());

    private int rows;
    /** Rows ever added; writer only. */
    private int additions;

    /**
     * Reads the number that an experience needs of a row. Any thread.
     *
     * @param before the slot where the key was found before, or likely is, which is faster; or negative
     * @param coin 0 or 1
     * @param nextAction the action taken in the successor, or negative
     * @return whether the key has a row; if not, {@code into} is unchanged
     */
    boolean read(KeyWords key, int before, int coin, int nextAction, Found into) {
        while (true) {
            ViewTable current = table;
            int slot = current.find(key, before);
            long place = slot < 0 ? ViewPlace.NONE : current.place(slot);
            if (place == ViewPlace.CHANGING) {
                Thread.onSpinWait();
                continue;
            }
            if (!ViewPlace.isOfRow(place)) {
                return false;
            }
            double value = ViewPlace.isOfOnly(place)
                    ? current.number(slot)
                    : current.arena().number(place, coin, nextAction);
            // The number may be another row's by now; then the place was freed before, here or in a newer table.
            VarHandle.acquireFence();
            if (current.place(slot) == place && current == table) {
                into.value = value;
                into.generation = ViewPlace.generation(place);
                return true;
            }
        }
    }

    /**
     * Loads the likely slot of a key. Any thread.
     *
     * @return the slot, cast to an int; the other bits depend on the loads
     */
    long prefetchKey(KeyWords key) {
        return table.prefetch(key);
    }

    /** The slot of a key, which may have lost its row; negative if it has none; faster if it is where it was before. Any thread. */
    int find(KeyWords key, int before) {
        return table.find(key, before);
    }

    /** Whether any row may have numbers that are not in the table, and so are worth loading. Any thread. */
    boolean hasNumbersApart() {
        return !table.arena().isEmpty();
    }

    /** Loads the first number of what was in a slot, whatever is there now. Any thread. */
    double prefetchNumber(int slot) {
        ViewTable current = table;
        long place = current.contains(slot) ? current.place(slot) : ViewPlace.NONE;
        boolean isOnPage = ViewPlace.isOfRow(place) && !ViewPlace.isOfOnly(place);
        return isOnPage ? current.arena().prefetch(place) : 0;
    }

    /** The slot of a key with a row, valid until another is added or removed; negative if it has none. Writer only. */
    int slotOf(KeyWords key) {
        return slotOf(key, -1);
    }

    /** The same, faster if it is where it was found before. */
    int slotOf(KeyWords key, int before) {
        int slot = table.find(key, before);
        return slot >= 0 && ViewPlace.isOfRow(table.place(slot)) ? slot : -1;
    }

    /** The place of a slot's row. Writer only. */
    long placeAt(int slot) {
        return table.place(slot);
    }

    /** The only number of a slot's row. Writer only. */
    double numberAt(int slot) {
        return table.number(slot);
    }

    /** The position set last for a slot's row, or {@link #NO_POSITION}. Writer only. */
    int position(int slot) {
        return table.position(slot);
    }

    /** Sets where the writer keeps a slot's row; stays with the key for as long as that has a row. Writer only. */
    void setPosition(int slot, int position) {
        table.setPosition(slot, position);
    }

    /**
     * Adds a row. An existing one is replaced at once, so that no reader finds none meanwhile. Writer only.
     *
     * @param count numbers of the row, in [1, 65535]
     * @return its slot, valid until another is added or removed
     */
    int add(StateKey key, long generation, BootstrapChoice choice, double[] numbers, int count) {
        tidyUp();
        int stamp = additions++;
        long place = choice == BootstrapChoice.ONLY
                ? ViewPlace.of(0, 0, generation, choice, stamp)
                : table.arena().add(generation, choice, stamp, numbers, count);
        int slot = table.find(key);
        long before = slot < 0 ? ViewPlace.NONE : table.place(slot);
        int position = slot < 0 ? NO_POSITION : table.position(slot); // stays with the key
        if (slot >= 0) {
            replace(slot, place, numbers[0]);
        } else {
            if (!table.hasRoom()) {
                table = table.rebuilt(rows, table.arena());
            }
            slot = table.put(key, place, numbers[0]);
        }
        if (ViewPlace.isOfRow(before)) {
            free(before);
        } else {
            rows++;
        }
        table.setPosition(slot, position);
        return slot;
    }

    /** Replaces a slot's row: no reader may take the new number for the old row's. */
    private void replace(int slot, long place, double number) {
        if (ViewPlace.isOfOnly(place)) {
            table.setPlace(slot, ViewPlace.CHANGING);
            VarHandle.releaseFence();
            table.setNumber(slot, number);
        }
        table.setPlace(slot, place);
    }

    /**
     * Overwrites only changed numbers of a slot's row: readers keep the other cache lines. Writer only.
     *
     * @return whether the row has only one number, and that changed
     */
    boolean write(int slot, double[] numbers, int count) {
        long place = table.place(slot);
        if (ViewPlace.isOfOnly(place)) {
            return table.setNumber(slot, numbers[0]);
        }
        table.arena().write(place, numbers, count);
        return false;
    }

    /** Removes a key's row, if it has one. Writer only. */
    void remove(StateKey key) {
        int slot = table.find(key);
        if (slot < 0 || !ViewPlace.isOfRow(table.place(slot))) {
            return;
        }
        long place = table.place(slot);
        table.setPlace(slot, ViewPlace.REMOVED);
        free(place);
        rows--;
        tidyUp();
    }

    private void free(long place) {
        if (!ViewPlace.isOfOnly(place)) {
            table.arena().free(place);
        }
    }

    /** Gives back the memory of removed rows once that is most of it. Readers of the old table look again. */
    private void tidyUp() {
        NumberArena arena = table.arena();
        boolean isArenaWorthIt = arena.isMostlyFree(rows);
        if (isArenaWorthIt || table.isMostlyAbandoned(rows)) {
            table = table.rebuilt(rows, isArenaWorthIt ? new NumberArena() : arena);
        }
    }

    /** Visits the keys of all rows. Writer only, and it must not change the view meanwhile. */
    void forEachKey(Consumer<StateKey> consumer) {
        forEachKey(KeyPrefix.OF_ALL, consumer);
    }

    /** The same for keys with this prefix. */
    void forEachKey(KeyPrefix prefix, Consumer<StateKey> consumer) {
        table.forEachKey(prefix, consumer);
    }

    /** Rows in the view. */
    int size() {
        return rows;
    }

    /** Approximate memory of keys not held in the table's words. Writer only. */
    long longKeyBytes() {
        return table.longKeyBytes();
    }
}

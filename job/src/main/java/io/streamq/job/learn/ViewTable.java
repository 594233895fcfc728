package io.streamq.job.learn;

import io.streamq.job.record.KeyPrefix;
import io.streamq.job.record.KeyWords;
import io.streamq.job.record.StateKey;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A lock-free open-addressing table of keys and places with one writer and any number of readers. Its capacity is fixed, so that no reader
 * ever sees it half moved: it is replaced as a whole. A short key is in the table itself, beside its place and its row's number if there is
 * only one: cache misses are what a lookup waits for, and twice as long if another core has just written there.
 */
final class ViewTable {
    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);
    /** Words per slot: two for the key, its place, and the number of a row with only one. */
    private static final int SLOT_WORDS = 4;

    /** Fewer slots of removed rows are not worth rebuilding the table. */
    private static final int FEW_SLOTS = 1 << 6;

    /** The largest whose words still fit into an array. */
    private static final int MOST_CAPACITY = 1 << 28;

    private static final int PLACE = 2;
    private static final int NUMBER = 3;
    /** Second word of a long key, whose first is its hash. No short key ends like that: padding comes last. */
    private static final long LONG_KEY = ~1L;

    /** Approximate size of a long key besides its bytes: two object headers, fields, and references. */
    private static final int LONG_KEY_BYTES = 64;

    private static final long FIRST_PRIME = 0x9E3779B185EBCA87L;
    private static final long SECOND_PRIME = 0xC2B2AE3D27D4EB4FL;

    private final long[] words;
    /** Holds the numbers of rows with several. */
    private final NumberArena arena;
    /** The long keys by slot; {@code null} until there is one. */
    private StateKey @Nullable [] longKeys;

    /** Positions of rows with several numbers, by slot; {@code null} until there is one. Writer only. */
    private int @Nullable [] positions;

    private final int mask;
    private int taken;
    private long longKeyBytes;

    /** @param capacity a power of two */
    ViewTable(int capacity, NumberArena arena) {
        words = new long[SLOT_WORDS * capacity];
        this.arena = arena;
        mask = capacity - 1;
    }

    /** Holds the numbers of rows with several. Any thread. */
    NumberArena arena() {
        return arena;
    }

    /** The position set for a slot's row. Writer only. */
    int position(int slot) {
        long place = words[SLOT_WORDS * slot + PLACE];
        if (ViewPlace.isOfOnly(place)) {
            return ViewPlace.position(place);
        }
        return positions == null || !ViewPlace.isOfRow(place) ? SuccessorView.NO_POSITION : positions[slot];
    }

    /** Sets it. Readers of the row meanwhile read again. Writer only. */
    void setPosition(int slot, int position) {
        long place = words[SLOT_WORDS * slot + PLACE];
        if (ViewPlace.isOfOnly(place)) {
            setPlace(slot, ViewPlace.withPosition(place, position));
            return;
        }
        if (positions == null && position == SuccessorView.NO_POSITION) {
            return;
        }
        if (positions == null) {
            positions = new int[mask + 1];
            Arrays.fill(positions, SuccessorView.NO_POSITION);
        }
        positions[slot] = position;
    }

    /** The slot of a key, or -1. Looks at each slot once: an empty one may be another key's a moment later. Any thread. */
    int find(KeyWords key) {
        for (int slot = home(firstWord(key), secondWord(key)); ; slot = (slot + 1) & mask) {
            if (place(slot) == ViewPlace.NONE) {
                return -1;
            }
            if (holds(slot, key)) {
                return slot;
            }
        }
    }

    /** The same, faster if the key is still in the slot where it was found before, in this table or an earlier one. Any thread. */
    int find(KeyWords key, int before) {
        boolean isThere = contains(before) && place(before) != ViewPlace.NONE && holds(before, key);
        return isThere ? before : find(key);
    }

    private boolean holds(int slot, KeyWords key) {
        int word = SLOT_WORDS * slot;
        return words[word] == firstWord(key)
                && words[word + 1] == secondWord(key)
                && (key.isInline() || longKey(slot).equals(key.toKey()));
    }

    /**
     * Loads the likely slot of a key; no branch depends on its contents, so that many loads can be in flight. Any thread.
     *
     * @return the slot in the lower half, and in the upper one what depends on the loads
     */
    long prefetch(KeyWords key) {
        int slot = home(firstWord(key), secondWord(key));
        int word = SLOT_WORDS * slot;
        return (words[word] + words[word + PLACE]) << Integer.SIZE | slot;
    }

    private static long firstWord(KeyWords key) {
        return key.isInline() ? key.first() : key.hash();
    }

    private static long secondWord(KeyWords key) {
        return key.isInline() ? key.second() : LONG_KEY;
    }

    private int home(long first, long second) {
        long mixed = (first * FIRST_PRIME ^ second) * SECOND_PRIME;
        mixed = (mixed ^ (mixed >>> 29)) * FIRST_PRIME;
        return (int) (mixed >>> 32) & mask;
    }

    private StateKey longKey(int slot) {
        return Objects.requireNonNull(longKeys)[slot];
    }

    private StateKey key(int slot) {
        int word = SLOT_WORDS * slot;
        return words[word + 1] == LONG_KEY ? longKey(slot) : StateKey.inline(words[word], words[word + 1]);
    }

    /** Whether there is such a slot. */
    boolean contains(int slot) {
        return slot >= 0 && slot <= mask;
    }

    /** The place in a slot. Acquires: whoever sees it also sees the key and numbers written before. Any thread. */
    long place(int slot) {
        return (long) WORD.getAcquire(words, SLOT_WORDS * slot + PLACE);
    }

    /** The only number of a slot's row. Any thread. */
    double number(int slot) {
        return Double.longBitsToDouble((long) WORD.getOpaque(words, SLOT_WORDS * slot + NUMBER));
    }

    /** Sets it if it differs, and returns whether it did: readers keep the cache line. Writer only. */
    boolean setNumber(int slot, double number) {
        long bits = Double.doubleToRawLongBits(number);
        int word = SLOT_WORDS * slot + NUMBER;
        boolean changes = words[word] != bits;
        if (changes) {
            WORD.setOpaque(words, word, bits);
        }
        return changes;
    }

    /** Whether most of its keys have lost their rows, and enough to be worth a rebuild. Writer only. */
    boolean isMostlyAbandoned(int rows) {
        return taken > FEW_SLOTS && taken / 4 > rows;
    }

    /** Whether another key still fits without slowing lookups down. */
    boolean hasRoom() {
        return hasRoom(taken, mask + 1);
    }

    private static boolean hasRoom(int taken, int capacity) {
        return 3L * (taken + 1) <= 2L * capacity;
    }

    /**
     * The capacity of a table for that many keys, with room for as many again, or at least for one.
     *
     * @throws IllegalStateException if no array is large enough
     */
    static int capacityFor(int count) {
        int capacity = (int) Math.min(MOST_CAPACITY, (long) Integer.highestOneBit(Math.max(count, 2)) << 2);
        if (!hasRoom(count, capacity)) {
            throw new IllegalStateException("a shard must have at most " + count
                    + " rows, the most that its view in memory can hold: raise streamq.job.parallelism");
        }
        return capacity;
    }

    /**
     * Inserts a key that has no slot yet. Writer only, while there is room.
     *
     * @param number the row's only one; meaningless if it has several
     * @return its slot
     */
    int put(StateKey key, long place, double number) {
        long first = firstWord(key);
        long second = secondWord(key);
        int slot = freeFrom(home(first, second));
        if (!key.isInline()) {
            if (longKeys == null) {
                longKeys = new StateKey[mask + 1];
            }
            longKeys[slot] = key;
            longKeyBytes += LONG_KEY_BYTES + key.length();
        }
        fill(slot, first, second, place, Double.doubleToRawLongBits(number));
        return slot;
    }

    /** Memory of the long keys, also of those that have lost their rows: they stay until a rebuild. Writer only. */
    long longKeyBytes() {
        return longKeyBytes;
    }

    private int freeFrom(int home) {
        int slot = home;
        while (words[SLOT_WORDS * slot + PLACE] != ViewPlace.NONE) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void fill(int slot, long first, long second, long place, long number) {
        words[SLOT_WORDS * slot] = first;
        words[SLOT_WORDS * slot + 1] = second;
        words[SLOT_WORDS * slot + NUMBER] = number;
        taken++;
        setPlace(slot, place);
    }

    /** Sets the place in a slot. Writer only. */
    void setPlace(int slot, long place) {
        WORD.setRelease(words, SLOT_WORDS * slot + PLACE, place);
    }

    /** Visits all keys with a row and this prefix; creates none of the others. Writer only. */
    void forEachKey(KeyPrefix prefix, Consumer<StateKey> consumer) {
        for (int slot = 0; slot <= mask; slot++) {
            if (ViewPlace.isOfRow(words[SLOT_WORDS * slot + PLACE]) && begins(slot, prefix)) {
                consumer.accept(key(slot));
            }
        }
    }

    private boolean begins(int slot, KeyPrefix prefix) {
        int word = SLOT_WORDS * slot;
        return words[word + 1] == LONG_KEY
                ? prefix.isOf(longKey(slot))
                : prefix.isOfInline(words[word], words[word + 1]);
    }

    /**
     * A table of the keys with a row, and room for as many again. Writer only.
     *
     * @param newArena of that table: this one's, or an empty one to copy the numbers to
     */
    ViewTable rebuilt(int count, NumberArena newArena) {
        ViewTable fresh = new ViewTable(capacityFor(count), newArena);
        for (int slot = 0; slot <= mask; slot++) {
            int word = SLOT_WORDS * slot;
            if (!ViewPlace.isOfRow(words[word + PLACE])) {
                continue;
            }
            long place = placeIn(newArena, words[word + PLACE]);
            int moved;
            if (words[word + 1] == LONG_KEY) {
                moved = fresh.put(longKey(slot), place, Double.longBitsToDouble(words[word + NUMBER]));
            } else {
                moved = fresh.freeFrom(fresh.home(words[word], words[word + 1]));
                fresh.fill(moved, words[word], words[word + 1], place, words[word + NUMBER]);
            }
            fresh.setPosition(moved, position(slot));
        }
        return fresh;
    }

    private long placeIn(NumberArena newArena, long place) {
        return newArena == arena || ViewPlace.isOfOnly(place) ? place : newArena.copy(place, arena);
    }
}

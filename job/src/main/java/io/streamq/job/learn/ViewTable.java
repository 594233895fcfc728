package io.streamq.job.learn;

import io.streamq.job.record.StateKey;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;

/**
 * An open-addressing table of keys and places with one writer and any number of readers, without locks. Of fixed capacity, so that
 * no reader ever sees one half moved: it is replaced as a whole.
 */
final class ViewTable {
    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

    private final StateKey[] keys;
    /** Hash and place of the key at the same index, side by side: a look-up needs both, and memory is what it waits for. */
    private final long[] words;

    private final int mask;
    private int taken;

    /** @param capacity a power of two */
    ViewTable(int capacity) {
        keys = new StateKey[capacity];
        words = new long[2 * capacity];
        mask = capacity - 1;
    }

    /** The slot of a key, or -1. Looks at each slot once: an empty one may be another key's a moment later. By any thread. */
    int find(StateKey key) {
        long hash = key.hash64();
        for (int slot = (int) hash & mask; ; slot = (slot + 1) & mask) {
            if (place(slot) == ViewPlace.NONE) {
                return -1;
            }
            if (words[2 * slot] == hash && keys[slot].equals(key)) {
                return slot;
            }
        }
    }

    /** The place in a slot. Acquires: whoever sees it sees the key and the numbers that were written before. By any thread. */
    long place(int slot) {
        return (long) WORD.getAcquire(words, 2 * slot + 1);
    }

    /** Whether another key still fits without making look-ups slow. */
    boolean hasRoom() {
        return 3 * (taken + 1) <= 2 * keys.length;
    }

    /** Puts a key that has no slot yet. By the writer, while there is room. */
    void put(StateKey key, long place) {
        int slot = (int) key.hash64() & mask;
        while (words[2 * slot + 1] != ViewPlace.NONE) {
            slot = (slot + 1) & mask;
        }
        keys[slot] = key;
        words[2 * slot] = key.hash64();
        taken++;
        setPlace(slot, place);
    }

    /** Gives the key of a slot another place. By the writer. */
    void setPlace(int slot, long place) {
        WORD.setRelease(words, 2 * slot + 1, place);
    }

    /** Shows the keys that have a row. By the writer. */
    void forEachKey(Consumer<StateKey> consumer) {
        for (int slot = 0; slot < keys.length; slot++) {
            if (ViewPlace.isOfRow(words[2 * slot + 1])) {
                consumer.accept(keys[slot]);
            }
        }
    }

    /** A table of the keys that have a row, with room for as many again. By the writer. */
    ViewTable rebuilt(int rows) {
        ViewTable fresh = new ViewTable(Integer.highestOneBit(Math.max(rows, 2)) << 2);
        for (int slot = 0; slot < keys.length; slot++) {
            if (ViewPlace.isOfRow(words[2 * slot + 1])) {
                fresh.put(keys[slot], words[2 * slot + 1]);
            }
        }
        return fresh;
    }
}

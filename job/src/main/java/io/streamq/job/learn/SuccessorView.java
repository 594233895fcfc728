package io.streamq.job.learn;

import io.streamq.job.record.StateKey;
import io.streamq.learning.QRow;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bootstrap values of all rows of a shard, in memory: written by LEARN's thread, read by others, without locks and
 * without allocation but for growth.
 *
 * <p>An open-addressing table maps keys to addresses in an arena of numbers that never move, so a row that knows its address is
 * published by plain writes there. One thread writes, any number read. A reader sees each number either old or new, never torn; a
 * number may be a moment old, which the learning allows (asynchronous Q-learning under bounded delay, Tsitsiklis 1994).
 */
final class SuccessorView {
    /** What {@link #addressOf} says of a key that has no row. */
    static final long ABSENT = QRow.NOWHERE;

    private static final int PAGE_BITS = 16;
    private static final int PAGE_NUMBERS = 1 << PAGE_BITS;
    private static final int INITIAL_CAPACITY = 1 << 10;

    private static final VarHandle KEY = MethodHandles.arrayElementVarHandle(StateKey[].class);
    private static final VarHandle NUMBER = MethodHandles.arrayElementVarHandle(double[].class);

    /** Keys and addresses at the same index; replaced as a whole when it grows, so that a reader never sees one half moved. */
    private static final class Table {
        private final @Nullable StateKey[] keys;
        private final long[] addresses;

        Table(int capacity) {
            keys = new StateKey[capacity];
            addresses = new long[capacity];
        }

        /** The address of a key, or {@link #ABSENT}. Looks at each place once: an empty one may be another key's a moment later. */
        long addressOf(StateKey key) {
            int mask = keys.length - 1;
            for (int at = home(key); ; at = (at + 1) & mask) {
                // Acquires: whoever sees a key sees the address and the numbers that were written before it.
                StateKey found = (StateKey) KEY.getAcquire(keys, at);
                if (found == null) {
                    return ABSENT;
                }
                if (found.equals(key)) {
                    return addresses[at];
                }
            }
        }

        /** Puts a key that is not there yet. By the writer. */
        void put(StateKey key, long address) {
            int mask = keys.length - 1;
            int at = home(key);
            while (keys[at] != null) {
                at = (at + 1) & mask;
            }
            addresses[at] = address;
            KEY.setRelease(keys, at, key);
        }

        private int home(StateKey key) {
            return (int) key.hash64() & (keys.length - 1);
        }
    }

    private volatile Table table = new Table(INITIAL_CAPACITY);
    private volatile double[][] pages = new double[0][];

    /** Keys in the table. */
    private int size;
    /** The first free number of the last page; the writer's own. */
    private int nextFree = PAGE_NUMBERS;

    /** Where the numbers of a key stand, or {@link #ABSENT}. By any thread. */
    long addressOf(StateKey key) {
        return table.addressOf(key);
    }

    /** One number of a row. By any thread. */
    double read(long address, int index) {
        return (double) NUMBER.getOpaque(pages[(int) (address >>> PAGE_BITS)], offset(address) + index);
    }

    /** Overwrites the numbers of a row. By the writer. */
    void write(long address, double[] numbers, int count) {
        double[] page = pages[(int) (address >>> PAGE_BITS)];
        int offset = offset(address);
        for (int i = 0; i < count; i++) {
            NUMBER.setOpaque(page, offset + i, numbers[i]);
        }
    }

    /**
     * Adds a row whose key is not there yet. By the writer.
     *
     * @param count numbers of the row, in [1, 65536]
     * @return its address, for good
     */
    long add(StateKey key, double[] numbers, int count) {
        long address = allocate(count);
        write(address, numbers, count);
        if (2 * (size + 1) > table.keys.length) {
            table = grown(table);
        }
        table.put(key, address);
        size++;
        return address;
    }

    int size() {
        return size;
    }

    private long allocate(int count) {
        if (nextFree + count > PAGE_NUMBERS) {
            double[][] more = Arrays.copyOf(pages, pages.length + 1);
            more[pages.length] = new double[PAGE_NUMBERS];
            pages = more;
            nextFree = 0;
        }
        long address = ((long) (pages.length - 1) << PAGE_BITS) | nextFree;
        nextFree += count;
        return address;
    }

    private static Table grown(Table small) {
        Table large = new Table(2 * small.keys.length);
        for (int at = 0; at < small.keys.length; at++) {
            StateKey key = small.keys[at];
            if (key != null) {
                large.put(key, small.addresses[at]);
            }
        }
        return large;
    }

    private static int offset(long address) {
        return (int) address & (PAGE_NUMBERS - 1);
    }
}

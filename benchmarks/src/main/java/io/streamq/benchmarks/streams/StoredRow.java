package io.streamq.benchmarks.streams;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** A row in a store of bytes: for each action its value and its visits, and last the greedy action. */
final class StoredRow {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int CELL = 2 * Long.BYTES;

    private StoredRow() {}

    static byte[] untouched(int actions) {
        byte[] row = new byte[actions * CELL + Integer.BYTES];
        setGreedy(row, -1);
        return row;
    }

    static double value(byte[] row, int action) {
        return Double.longBitsToDouble((long) LONG.get(row, action * CELL));
    }

    static long visits(byte[] row, int action) {
        return (long) LONG.get(row, action * CELL + Long.BYTES);
    }

    static void apply(byte[] row, int action, double value) {
        LONG.set(row, action * CELL, Double.doubleToRawLongBits(value));
        LONG.set(row, action * CELL + Long.BYTES, visits(row, action) + 1);
    }

    /** The action of greatest value, the lowest index among equals. */
    static int best(byte[] row) {
        int best = 0;
        for (int action = 1; action < (row.length - Integer.BYTES) / CELL; action++) {
            if (value(row, action) > value(row, best)) {
                best = action;
            }
        }
        return best;
    }

    /** The action announced last; -1 before the first. */
    static int greedy(byte[] row) {
        int at = row.length - Integer.BYTES;
        return (row[at] & 0xFF) | (row[at + 1] & 0xFF) << 8 | (row[at + 2] & 0xFF) << 16 | row[at + 3] << 24;
    }

    static void setGreedy(byte[] row, int action) {
        int at = row.length - Integer.BYTES;
        for (int i = 0; i < Integer.BYTES; i++) {
            row[at + i] = (byte) (action >>> (8 * i));
        }
    }
}

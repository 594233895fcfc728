package io.streamq.job.record;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * What a shard tells replicas of its view: changed bootstrap values and removed rows, packed, and a cursor over them. They must be applied
 * in the order in which they were sent.
 *
 * <p>Mutable and not thread-safe. {@link #next} advances the cursor; accessors read the change under it.
 */
public final class ViewChanges {
    /** What a replica holds after applying them. */
    public enum Extent {
        /** Some of the rows: not readable yet, as a missing row would be taken for a state without one. */
        PART,
        /** All rows. */
        WHOLE,
        /** Nothing more: the shard has stopped sending changes. */
        ENDED;

        private static final Extent[] ALL = values();

        static Extent of(int number) {
            return ALL[number];
        }
    }

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    // Offsets of the fields in a change.
    private static final int PARTS = 0;
    private static final int VALUE = 4;
    private static final int FIRST = 12;
    private static final int SECOND = 20;
    private static final int LENGTH = 28;

    // Of a long key, in place of its words.
    private static final int KEY_BYTES = 12;
    private static final int HASH = 16;
    private static final int KEY = 20;

    // In the parts, above the generation bits.
    private static final int REMOVAL = 1 << 16;
    private static final int LONG_KEY = 1 << 17;
    private static final int GENERATION = REMOVAL - 1;

    private static final byte[] NOTHING = {};

    private int shard;
    private int shards;
    private Extent extent = Extent.PART;
    private byte[] bytes = NOTHING;
    private int end;
    private int at;
    private int ahead;
    private final KeyCursor key = new KeyCursor();

    /**
     * Names the originating shard.
     *
     * @param newShard its number
     * @param newShards number of shards
     */
    public void of(int newShard, int newShards, Extent newExtent) {
        shard = newShard;
        shards = newShards;
        extent = newExtent;
    }

    /**
     * Appends a new or changed value of a row.
     *
     * @param generation of its policy, of which the lowest 16 bits count
     */
    public void add(KeyWords changed, int generation, double value) {
        append(changed, generation & GENERATION, Double.doubleToRawLongBits(value));
    }

    /** Appends a row's removal. */
    public void addRemoval(KeyWords removed) {
        append(removed, REMOVAL, 0);
    }

    private void append(KeyWords changed, int parts, long value) {
        byte[] longKey = changed.isInline() ? NOTHING : changed.bytes();
        int length = changed.isInline() ? LENGTH : KEY + longKey.length;
        if (end + length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(end + length, bytes.length + bytes.length / 2));
        }
        INT.set(bytes, end + PARTS, changed.isInline() ? parts : parts | LONG_KEY);
        LONG.set(bytes, end + VALUE, value);
        if (changed.isInline()) {
            LONG.set(bytes, end + FIRST, changed.first());
            LONG.set(bytes, end + SECOND, changed.second());
        } else {
            INT.set(bytes, end + KEY_BYTES, longKey.length);
            INT.set(bytes, end + HASH, changed.hash());
            System.arraycopy(longKey, 0, bytes, end + KEY, longKey.length);
        }
        end += length;
    }

    /** Removes all. */
    public void clear() {
        end = 0;
        ahead = 0;
    }

    /** Total length in bytes. */
    public int length() {
        return end;
    }

    byte[] bytes() {
        return bytes;
    }

    void fill(byte[] newBytes, int newEnd) {
        bytes = newBytes;
        end = newEnd;
        ahead = 0;
    }

    /** Number of the originating shard. */
    public int shard() {
        return shard;
    }

    /** Number of shards. */
    public int shards() {
        return shards;
    }

    /** What a replica holds after applying them. */
    public Extent extent() {
        return extent;
    }

    /** Advances; false at the end. */
    public boolean next() {
        if (ahead == end) {
            return false;
        }
        at = ahead;
        ahead = fill(key, at);
        return true;
    }

    /**
     * Fills in the keys of the next changes without moving the cursor.
     *
     * @return how many there were, or fit
     */
    public int keysAhead(KeyCursor[] keys) {
        int found = 0;
        for (int start = ahead; start < end && found < keys.length; ) {
            start = fill(keys[found++], start);
        }
        return found;
    }

    /** Fills in the key of the change at an index; returns the index of the next. */
    private int fill(KeyCursor cursor, int start) {
        if (((int) INT.get(bytes, start + PARTS) & LONG_KEY) == 0) {
            cursor.fill((long) LONG.get(bytes, start + FIRST), (long) LONG.get(bytes, start + SECOND));
            return start + LENGTH;
        }
        int from = start + KEY;
        int to = from + (int) INT.get(bytes, start + KEY_BYTES);
        int hash = (int) INT.get(bytes, start + HASH);
        cursor.fill(StateKey.owning(Arrays.copyOfRange(bytes, from, to), hash));
        return to;
    }

    /** Key of the row, valid until the next change. */
    public KeyWords key() {
        return key;
    }

    /** Whether the row was removed. */
    public boolean isRemoval() {
        return ((int) INT.get(bytes, at + PARTS) & REMOVAL) != 0;
    }

    /** The lowest 16 bits of the generation of the row's policy. */
    public int generation() {
        return (int) INT.get(bytes, at + PARTS) & GENERATION;
    }

    /** The row's bootstrap value. */
    public double value() {
        return Double.longBitsToDouble((long) LONG.get(bytes, at + VALUE));
    }
}

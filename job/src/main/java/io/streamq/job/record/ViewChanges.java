package io.streamq.job.record;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * What a shard tells replicas of its view: bootstrap values that are others now, and rows that went, packed one behind the other; and the
 * cursor that reads them. All must be applied in the order in which they were sent.
 *
 * <p>Mutable, and owned by one thread. {@link #next} goes from one change to the next, and all that is asked for is of the one where it
 * stands.
 */
public final class ViewChanges {
    /** What a replica has when it has applied them. */
    public enum Extent {
        /** Some of the rows: it must not be read yet, as a row that is missing would be taken for none. */
        PART,
        /** All rows. */
        WHOLE,
        /** Nothing more: the shard tells no changes any longer. */
        ENDED;

        private static final Extent[] ALL = values();

        static Extent of(int number) {
            return ALL[number];
        }
    }

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    // Where everything stands from the beginning of a change.
    private static final int PARTS = 0;
    private static final int HASH = 4;
    private static final int VALUE = 8;
    private static final int FIRST = 16;
    private static final int SECOND = 24;
    private static final int LENGTH = 32;
    /** Of a long key, in place of its words. */
    private static final int KEY_BYTES = 16;

    private static final int KEY = 20;

    // In the parts, above the bits of the generation.
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
     * Names the shard that they are of.
     *
     * @param newShard its number
     * @param newShards how many shards there are
     */
    public void of(int newShard, int newShards, Extent newExtent) {
        shard = newShard;
        shards = newShards;
        extent = newExtent;
    }

    /**
     * Adds that a row has another value, or is new.
     *
     * @param generation of its policy, of which the lowest 16 bits count
     */
    public void add(KeyWords changed, int generation, double value) {
        append(changed, generation & GENERATION, Double.doubleToRawLongBits(value));
    }

    /** Adds that a row went. */
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
        INT.set(bytes, end + HASH, changed.hash());
        LONG.set(bytes, end + VALUE, value);
        if (changed.isInline()) {
            LONG.set(bytes, end + FIRST, changed.first());
            LONG.set(bytes, end + SECOND, changed.second());
        } else {
            INT.set(bytes, end + KEY_BYTES, longKey.length);
            System.arraycopy(longKey, 0, bytes, end + KEY, longKey.length);
        }
        end += length;
    }

    /** Takes all out. */
    public void clear() {
        end = 0;
        ahead = 0;
    }

    /** How many bytes the changes take. */
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

    /** The number of the shard that they are of. */
    public int shard() {
        return shard;
    }

    /** How many shards there are. */
    public int shards() {
        return shards;
    }

    /** What a replica has when it has applied them. */
    public Extent extent() {
        return extent;
    }

    /** Goes to the next change, if there is one. */
    public boolean next() {
        if (ahead == end) {
            return false;
        }
        at = ahead;
        ahead = fill(key, at);
        return true;
    }

    /**
     * Tells the keys of the changes behind this one, without going there.
     *
     * @return how many there are, or fit
     */
    public int keysAhead(KeyCursor[] keys) {
        int found = 0;
        for (int start = ahead; start < end && found < keys.length; ) {
            start = fill(keys[found++], start);
        }
        return found;
    }

    /** Tells the key of the change at a place, and where the next one begins. */
    private int fill(KeyCursor cursor, int start) {
        int hash = (int) INT.get(bytes, start + HASH);
        if (((int) INT.get(bytes, start + PARTS) & LONG_KEY) == 0) {
            cursor.fill((long) LONG.get(bytes, start + FIRST), (long) LONG.get(bytes, start + SECOND), hash);
            return start + LENGTH;
        }
        int from = start + KEY;
        int to = from + (int) INT.get(bytes, start + KEY_BYTES);
        cursor.fill(StateKey.owning(Arrays.copyOfRange(bytes, from, to), hash));
        return to;
    }

    /** The key of the row, until the next change. */
    public KeyWords key() {
        return key;
    }

    /** Whether the row went. */
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

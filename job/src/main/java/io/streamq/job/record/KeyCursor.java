package io.streamq.job.record;

import io.streamq.schemas.PolicyKey;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A reusable key: holds one key until filled with the next. Short keys leave no garbage, and are hashed only if someone asks. Not
 * thread-safe.
 */
public final class KeyCursor extends KeyWords {
    private static final long SEPARATOR_FIRST = (long) PolicyKey.SEPARATOR << (Long.SIZE - Byte.SIZE);

    private @Nullable StateKey longKey;
    private int hash;
    private boolean hashed;

    /** Holds the empty key. */
    public KeyCursor() {
        super(-1, -1);
    }

    /** As many, to look up keys together. */
    public static KeyCursor[] several(int count) {
        KeyCursor[] cursors = new KeyCursor[count];
        Arrays.setAll(cursors, any -> new KeyCursor());
        return cursors;
    }

    /** Joins the two parts, both in UTF-8; the policyId must contain no slash. */
    public void join(byte[] from, int policyStart, int policyLength, int stateStart, int stateLength) {
        int length = policyLength + 1 + stateLength;
        if (length > INLINE_BYTES || from[stateStart + stateLength - 1] == FILLER) {
            fill(StateKey.owning(joined(from, policyStart, policyLength, stateStart, stateLength)));
            return;
        }
        first = -1;
        second = -1;
        put(from, policyStart, policyLength, 0);
        put(SEPARATOR_FIRST, 1, policyLength);
        put(from, stateStart, stateLength, policyLength + 1);
        longKey = null;
        hashed = false;
    }

    private static byte[] joined(byte[] from, int policyStart, int policyLength, int stateStart, int stateLength) {
        byte[] bytes = new byte[policyLength + 1 + stateLength];
        System.arraycopy(from, policyStart, bytes, 0, policyLength);
        bytes[policyLength] = PolicyKey.SEPARATOR;
        System.arraycopy(from, stateStart, bytes, policyLength + 1, stateLength);
        return bytes;
    }

    private void put(byte[] from, int start, int length, int to) {
        put(StateKey.word(from, start), Math.min(length, Long.BYTES), to);
        if (length > Long.BYTES) {
            put(StateKey.word(from, start + Long.BYTES), length - Long.BYTES, to + Long.BYTES);
        }
    }

    /** Overwrites fillers, from byte {@code to} on, with a word's highest bytes. */
    private void put(long word, int length, int to) {
        long fillers = ~word & (-1L << (Byte.SIZE * (Long.BYTES - length)));
        int shift = Byte.SIZE * to;
        if (to < Long.BYTES) {
            first ^= fillers >>> shift;
            second ^= to == 0 ? 0 : fillers << -shift;
        } else {
            second ^= fillers >>> shift;
        }
    }

    /** Holds a key that {@link #isInline is inline}. */
    void fill(long newFirst, long newSecond) {
        first = newFirst;
        second = newSecond;
        longKey = null;
        hashed = false;
    }

    /** Holds any key. */
    public void fill(KeyWords key) {
        fill(key.first(), key.second());
        longKey = key.isInline() ? null : key.toKey();
    }

    @Override
    public boolean isInline() {
        return longKey == null;
    }

    @Override
    public int hash() {
        if (longKey != null) {
            return longKey.hash();
        }
        if (!hashed) {
            hash = hash(first, second);
            hashed = true;
        }
        return hash;
    }

    @Override
    public StateKey toKey() {
        return longKey == null ? StateKey.inline(first, second, hash()) : longKey;
    }

    @Override
    public byte[] bytes() {
        return longKey == null ? super.bytes() : longKey.bytes();
    }

    @Override
    public int length() {
        return longKey == null ? super.length() : longKey.length();
    }

    @Override
    byte at(int index) {
        return longKey == null ? super.at(index) : longKey.at(index);
    }
}

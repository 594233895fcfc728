package io.streamq.job.record;

import io.streamq.schemas.PolicyKey;
import io.streamq.schemas.XxHash64;
import java.nio.charset.StandardCharsets;

/**
 * The key of a policy's state: {@code policyId/state} in UTF-8. Has, for most keys, all bytes in two words. A {@link StateKey} is
 * immutable; a {@link KeyCursor} is refilled, so that a lookup allocates nothing.
 */
public abstract sealed class KeyWords permits StateKey, KeyCursor {
    /** Pads the words of a short key. */
    static final byte FILLER = -1;

    static final int INLINE_BYTES = 2 * Long.BYTES;
    private static final long SEPARATORS = PolicyKey.SEPARATOR * 0x0101010101010101L;
    /** All bits of each byte except the highest. */
    private static final long LOW_BITS = 0x7F7F7F7F7F7F7F7FL;

    /** The first sixteen bytes, first byte highest, padded. */
    long first;

    long second;

    KeyWords(long first, long second) {
        this.first = first;
        this.second = second;
    }

    /** Whether the two words hold the whole key: its bytes, first byte highest, padded with 0xFF. */
    public abstract boolean isInline();

    /** The key, immutable. */
    public abstract StateKey toKey();

    /** Whether both hold the same key, whichever their class. */
    public final boolean sameAs(KeyWords other) {
        return first == other.first
                && second == other.second
                && (isInline() ? other.isInline() : toKey().equals(other.toKey()));
    }

    /** The first eight bytes. */
    public final long first() {
        return first;
    }

    /** The next eight bytes. */
    public final long second() {
        return second;
    }

    /** Folded XXH64 of the bytes: key groups derive from it, so it must never change. */
    public abstract int hash();

    /** Of an inline key. */
    static int hash(long first, long second) {
        return StateKey.folded(XxHash64.hash(first, second, length(first, second)));
    }

    /** {@code policyId/state} in UTF-8; read-only. */
    public byte[] bytes() {
        byte[] bytes = new byte[length()];
        copyTo(bytes);
        return bytes;
    }

    /** Copies {@link #bytes} into an array of length {@link #length}. */
    public final void copyTo(byte[] target) {
        for (int i = 0; i < target.length; i++) {
            target[i] = at(i);
        }
    }

    /** In bytes. */
    public int length() {
        return length(first, second);
    }

    /** Length in bytes of an inline key. */
    static int length(long first, long second) {
        return second != -1 ? INLINE_BYTES - fillersAtTheEndOf(second) : Long.BYTES - fillersAtTheEndOf(first);
    }

    private static int fillersAtTheEndOf(long word) {
        return Long.numberOfTrailingZeros(~word) / Byte.SIZE;
    }

    byte at(int index) {
        long word = index < Long.BYTES ? first : second;
        return (byte) (word >>> (Byte.SIZE * (Long.BYTES - 1 - index % Long.BYTES)));
    }

    /** Whether it begins with these bytes, none of them 0xFF. */
    public boolean startsWith(byte[] prefix) {
        if (length() < prefix.length) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            if (at(i) != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    /** Length of the policyId in bytes. */
    public int policyIdLength() {
        int length = separatorIn(first);
        if (length == Long.BYTES) {
            length += separatorIn(second);
        }
        if (length == INLINE_BYTES) {
            while (at(length) != PolicyKey.SEPARATOR) {
                length++;
            }
        }
        return length;
    }

    /** Index of the first separator in a word, or 8; tests all bytes at once, as it runs for every experience. */
    private static int separatorIn(long word) {
        long zeroWhereItIs = word ^ SEPARATORS;
        long lowBitsSet = (zeroWhereItIs & LOW_BITS) + LOW_BITS;
        return Long.numberOfLeadingZeros(~(lowBitsSet | zeroWhereItIs | LOW_BITS)) / Byte.SIZE;
    }

    /** Length of the state in bytes. */
    public int stateLength() {
        return length() - policyIdLength() - 1;
    }

    public String policyId() {
        return PolicyKey.fromBytes(bytes()).policyId();
    }

    public String state() {
        return PolicyKey.fromBytes(bytes()).state();
    }

    @Override
    public String toString() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }
}

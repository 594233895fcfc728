package io.streamq.job.record;

import io.streamq.schemas.PolicyKey;
import java.nio.charset.StandardCharsets;

/**
 * What a state of a policy is known by: {@code policyId/state} in UTF-8. Carries its hash, and most keys' bytes in two words. A
 * {@link StateKey} is for good; a {@link KeyCursor} is filled again and again, so that looking a key up needs no object.
 */
public abstract sealed class KeyWords permits StateKey, KeyCursor {
    /** What fills the words behind a short key. */
    static final byte FILLER = -1;

    static final int INLINE_BYTES = 2 * Long.BYTES;
    private static final long SEPARATORS = PolicyKey.SEPARATOR * 0x0101010101010101L;
    /** All bits of each byte but the highest. */
    private static final long LOW_BITS = 0x7F7F7F7F7F7F7F7FL;

    /** The first sixteen bytes, the first one highest, filled up. */
    long first;

    long second;
    int hash;

    KeyWords(long first, long second, int hash) {
        this.first = first;
        this.second = second;
        this.hash = hash;
    }

    /** Whether both words are the whole key: the bytes, the first one highest, and 0xFF behind. */
    public abstract boolean isInline();

    /** The key for good. */
    public abstract StateKey toKey();

    /** Whether both tell the same key, for good or in passing. */
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

    /** Of the XXH64 of the bytes: key groups derive from it, so it must never change. */
    public final int hash() {
        return hash;
    }

    /** {@code policyId/state} in UTF-8; not to be changed. */
    public byte[] bytes() {
        byte[] bytes = new byte[length()];
        copyTo(bytes);
        return bytes;
    }

    /** Writes {@link #bytes} into an array of its {@link #length}. */
    public final void copyTo(byte[] target) {
        for (int i = 0; i < target.length; i++) {
            target[i] = at(i);
        }
    }

    /** How many bytes it has. */
    public int length() {
        return length(first, second);
    }

    /** How many bytes a key has that both words are the whole of. */
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

    /** Whether it begins with these bytes, none of which is 0xFF. */
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

    /** Length of the policyId, in bytes. */
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

    /** Where the first separator of a word is, 8 if it has none; all bytes at once, as every experience is asked. */
    private static int separatorIn(long word) {
        long zeroWhereItIs = word ^ SEPARATORS;
        long lowBitsSet = (zeroWhereItIs & LOW_BITS) + LOW_BITS;
        return Long.numberOfLeadingZeros(~(lowBitsSet | zeroWhereItIs | LOW_BITS)) / Byte.SIZE;
    }

    /** Length of the state, in bytes. */
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

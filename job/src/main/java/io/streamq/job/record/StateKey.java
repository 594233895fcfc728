package io.streamq.job.record;

import io.streamq.schemas.PolicyKey;
import io.streamq.schemas.XxHash64;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A state of a policy: the key of the Q-table and, byte for byte, the key of its records on the policy topic. Carries its hash, and
 * most keys' bytes in itself: an array of them would be one more place in memory to wait for. Immutable.
 */
public sealed class StateKey {
    /** What fills the words behind a short key. */
    private static final byte FILLER = -1;

    private static final int INLINE_BYTES = 2 * Long.BYTES;
    private static final long SEPARATORS = PolicyKey.SEPARATOR * 0x0101010101010101L;
    /** All bits of each byte but the highest. */
    private static final long LOW_BITS = 0x7F7F7F7F7F7F7F7FL;

    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final int hash;
    /** The first sixteen bytes, the first one highest, filled up. */
    private final long first;

    private final long second;

    private StateKey(long first, long second, int hash) {
        this.hash = hash;
        this.first = first;
        this.second = second;
    }

    /** A key of more than sixteen bytes, or one that ends like what it would be filled up with. */
    private static final class LongKey extends StateKey {
        private final byte[] bytes;

        LongKey(byte[] bytes, int hash) {
            super(word(bytes, 0), word(bytes, Long.BYTES), hash);
            this.bytes = bytes;
        }

        @Override
        public boolean isInline() {
            return false;
        }

        @Override
        public byte[] bytes() {
            return bytes;
        }

        @Override
        public int length() {
            return bytes.length;
        }

        @Override
        byte at(int index) {
            return bytes[index];
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other
                    || (other instanceof LongKey key
                            && hashCode() == key.hashCode()
                            && Arrays.equals(bytes, key.bytes));
        }

        @Override
        public int hashCode() {
            return super.hashCode();
        }
    }

    private static long word(byte[] bytes, int start) {
        if (start + Long.BYTES <= bytes.length) {
            return (long) WORD.get(bytes, start);
        }
        long word = -1;
        for (int i = start; i < bytes.length; i++) {
            int shift = Byte.SIZE * (start + Long.BYTES - 1 - i);
            word = (word & ~(0xFFL << shift)) | ((bytes[i] & 0xFFL) << shift);
        }
        return word;
    }

    /** Takes ownership of {@code policyId/state} in UTF-8. */
    static StateKey owning(byte[] bytes) {
        return owning(bytes, hash(bytes));
    }

    /** The same, where the hash is known. */
    static StateKey owning(byte[] bytes, int hash) {
        boolean fits = bytes.length <= INLINE_BYTES && (bytes.length == 0 || bytes[bytes.length - 1] != FILLER);
        return fits ? new StateKey(word(bytes, 0), word(bytes, Long.BYTES), hash) : new LongKey(bytes, hash);
    }

    private static int hash(byte[] bytes) {
        return folded(XxHash64.hash(bytes));
    }

    private static int folded(long hash) {
        return (int) (hash ^ (hash >>> 32));
    }

    /** A key that {@link #isInline is inline}, from its words. */
    static StateKey inline(long first, long second, int hash) {
        return new StateKey(first, second, hash);
    }

    /** Makes keys of parts of records; short ones without garbage. Owned by one thread. */
    public static final class Joiner {
        private final byte[] room = new byte[INLINE_BYTES];

        /** Joins the two parts, both in UTF-8; the policyId must hold no slash. */
        public StateKey join(byte[] from, int policyStart, int policyLength, int stateStart, int stateLength) {
            int length = policyLength + 1 + stateLength;
            byte[] bytes = length <= INLINE_BYTES ? room : new byte[length];
            System.arraycopy(from, policyStart, bytes, 0, policyLength);
            bytes[policyLength] = PolicyKey.SEPARATOR;
            System.arraycopy(from, stateStart, bytes, policyLength + 1, stateLength);
            if (bytes != room) {
                return owning(bytes);
            }
            if (room[length - 1] == FILLER) {
                return owning(Arrays.copyOf(room, length));
            }
            Arrays.fill(room, length, INLINE_BYTES, FILLER);
            return new StateKey(
                    (long) WORD.get(room, 0),
                    (long) WORD.get(room, Long.BYTES),
                    folded(XxHash64.hash(room, 0, length)));
        }
    }

    public static StateKey of(String policyId, String state) {
        return owning(new PolicyKey(policyId, state).toBytes());
    }

    /** A key that {@link #isInline is inline}, from its words alone. */
    public static StateKey inline(long first, long second) {
        return owning(new StateKey(first, second, 0).bytes());
    }

    /** Whether both words are the whole key: the bytes, the first one highest, and 0xFF behind. */
    public boolean isInline() {
        return true;
    }

    /** The first eight bytes. */
    public long first() {
        return first;
    }

    /** The next eight bytes. */
    public long second() {
        return second;
    }

    /** {@code policyId/state} in UTF-8; not to be changed. */
    public byte[] bytes() {
        byte[] bytes = new byte[length()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = at(i);
        }
        return bytes;
    }

    /** How many bytes it has. */
    public int length() {
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
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof StateKey key && first == key.first && second == key.second && key.isInline());
    }

    /** Of the XXH64 of the bytes: key groups derive from it, so it must never change. */
    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }
}

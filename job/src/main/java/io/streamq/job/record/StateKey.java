package io.streamq.job.record;

import io.streamq.schemas.PolicyKey;
import io.streamq.schemas.XxHash64;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A state of a policy: the key of the Q-table and, byte for byte, of its records on the policy topic. Carries its hash and, for most keys,
 * all bytes inline: an array would be another cache miss. Immutable.
 */
public sealed class StateKey extends KeyWords {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final int hash;

    private StateKey(long first, long second, int hash) {
        super(first, second);
        this.hash = hash;
    }

    @Override
    public boolean isInline() {
        return true;
    }

    @Override
    public final int hash() {
        return hash;
    }

    @Override
    public final StateKey toKey() {
        return this;
    }

    /** A key of more than sixteen bytes, or one that ends in the padding byte. */
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

    /** Eight bytes from {@code start}, padded. */
    static long word(byte[] bytes, int start) {
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
        return owning(bytes, folded(XxHash64.hash(bytes)));
    }

    /** The same with a known hash. */
    static StateKey owning(byte[] bytes, int hash) {
        boolean fits = bytes.length <= INLINE_BYTES && (bytes.length == 0 || bytes[bytes.length - 1] != FILLER);
        return fits ? new StateKey(word(bytes, 0), word(bytes, Long.BYTES), hash) : new LongKey(bytes, hash);
    }

    /** Folds a key's XXH64 to 32 bits. */
    static int folded(long hash) {
        return (int) (hash ^ (hash >>> 32));
    }

    /** A key that {@link #isInline is inline}, from its words. */
    static StateKey inline(long first, long second, int hash) {
        return new StateKey(first, second, hash);
    }

    public static StateKey of(String policyId, String state) {
        return owning(new PolicyKey(policyId, state).toBytes());
    }

    /** A key that {@link #isInline is inline}, from its words alone. */
    public static StateKey inline(long first, long second) {
        return new StateKey(first, second, hash(first, second));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof StateKey key && first == key.first && second == key.second && key.isInline());
    }

    @Override
    public int hashCode() {
        return hash;
    }
}

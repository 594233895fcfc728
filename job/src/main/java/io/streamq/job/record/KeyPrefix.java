package io.streamq.job.record;

import io.streamq.schemas.PolicyKey;
import java.nio.charset.StandardCharsets;

/** The common prefix of a policy's keys. Compares eight bytes at a time, as it is checked for every experience. Immutable. */
public final class KeyPrefix {
    /** The prefix of all keys. */
    public static final KeyPrefix OF_ALL = new KeyPrefix(new byte[0]);

    private final byte[] bytes;
    private final StateKey key;
    private final long firstMask;
    private final long secondMask;

    private KeyPrefix(byte[] bytes) {
        this.bytes = bytes;
        this.key = StateKey.owning(bytes);
        this.firstMask = mask(bytes.length);
        this.secondMask = mask(bytes.length - Long.BYTES);
    }

    public static KeyPrefix ofPolicy(String policyId) {
        return new KeyPrefix((policyId + PolicyKey.SEPARATOR).getBytes(StandardCharsets.UTF_8));
    }

    /** Selects a word's highest bytes. */
    private static long mask(int length) {
        return length <= 0 ? 0 : length >= Long.BYTES ? -1 : -1L << (Byte.SIZE * (Long.BYTES - length));
    }

    /** Whether a key has this prefix. Shorter keys are padded with a byte that no prefix contains. */
    public boolean isOf(KeyWords other) {
        return agreesWith(other.first(), other.second())
                && (bytes.length <= KeyWords.INLINE_BYTES || other.startsWith(bytes));
    }

    /** The same for a key that {@link KeyWords#isInline is inline}, from its words alone. */
    public boolean isOfInline(long first, long second) {
        return bytes.length <= KeyWords.INLINE_BYTES && agreesWith(first, second);
    }

    private boolean agreesWith(long first, long second) {
        return ((first ^ key.first()) & firstMask) == 0 && ((second ^ key.second()) & secondMask) == 0;
    }
}

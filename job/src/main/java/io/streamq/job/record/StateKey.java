package io.streamq.job.record;

import io.streamq.schemas.PolicyKey;
import io.streamq.schemas.XxHash64;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A state of a policy: the key of the Q-table and, byte for byte, the key of its records on the policy topic. Carries a 64-bit
 * hash so that two different keys are told apart without looking at their bytes. Immutable.
 */
public final class StateKey {
    private final byte[] bytes;
    private final long hash;

    private StateKey(byte[] bytes) {
        this(bytes, XxHash64.hash(bytes));
    }

    private StateKey(byte[] bytes, long hash) {
        this.bytes = bytes;
        this.hash = hash;
    }

    /** Takes ownership of {@code policyId/state} in UTF-8. */
    static StateKey owning(byte[] bytes) {
        return new StateKey(bytes);
    }

    /** The same, where the hash is known. */
    static StateKey owning(byte[] bytes, long hash) {
        return new StateKey(bytes, hash);
    }

    /** Joins the two parts, both in UTF-8; the policyId must hold no slash. */
    public static StateKey of(byte[] from, int policyStart, int policyLength, int stateStart, int stateLength) {
        byte[] bytes = new byte[policyLength + 1 + stateLength];
        System.arraycopy(from, policyStart, bytes, 0, policyLength);
        bytes[policyLength] = PolicyKey.SEPARATOR;
        System.arraycopy(from, stateStart, bytes, policyLength + 1, stateLength);
        return new StateKey(bytes);
    }

    public static StateKey of(String policyId, String state) {
        return new StateKey(new PolicyKey(policyId, state).toBytes());
    }

    /** {@code policyId/state} in UTF-8; not to be changed. */
    public byte[] bytes() {
        return bytes;
    }

    /** Length of the policyId, in bytes. */
    public int policyIdLength() {
        int length = 0;
        while (bytes[length] != PolicyKey.SEPARATOR) {
            length++;
        }
        return length;
    }

    /** Length of the state, in bytes. */
    public int stateLength() {
        return bytes.length - policyIdLength() - 1;
    }

    public String policyId() {
        return PolicyKey.fromBytes(bytes).policyId();
    }

    public String state() {
        return PolicyKey.fromBytes(bytes).state();
    }

    /** XXH64 of the bytes; {@link #hashCode}, and with it the key group, derives from it. */
    public long hash64() {
        return hash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof StateKey key && hash == key.hash && Arrays.equals(bytes, key.bytes));
    }

    @Override
    public int hashCode() {
        return (int) (hash ^ (hash >>> 32));
    }

    @Override
    public String toString() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}

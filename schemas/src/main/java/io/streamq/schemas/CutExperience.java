package io.streamq.schemas;

/**
 * An encoded {@link Experience} without what anyone with its key can restore: the header with the current schema, the policyId and the
 * state. That is more than half of a short one.
 *
 * <p>What remains is the bytes between policyId and state, then those after the state.
 */
public final class CutExperience {
    private static final int POLICY_ID = EncodedExperience.HEADER_BYTES + 1;
    private static final int MOST_AHEAD = 255;

    private CutExperience() {}

    /** Whether it can be cut: it is read in place, and {@link #between} and {@link #rewardStart} fit into a byte each. */
    public static boolean isOf(EncodedExperience whole) {
        return whole.isInPlace()
                && whole.policyIdStart() == whole.begin() + POLICY_ID // one-byte length, as whole() writes it
                && rewardStart(whole) <= MOST_AHEAD;
    }

    /** How many bytes lie between policyId and state, which come first in the cut: in [0, 255]. */
    public static int between(EncodedExperience whole) {
        return whole.stateStart() - betweenStart(whole);
    }

    private static int betweenStart(EncodedExperience whole) {
        return whole.policyIdStart() + whole.policyIdLength();
    }

    /** Offset of the little-endian reward in the cut: in [0, 255]. */
    public static int rewardStart(EncodedExperience whole) {
        return between(whole) + whole.rewardStart() - behindStart(whole);
    }

    private static int behindStart(EncodedExperience whole) {
        return whole.stateStart() + whole.stateLength();
    }

    /**
     * Writes the cut.
     *
     * @return its length in bytes
     */
    public static int write(EncodedExperience whole, byte[] to, int start) {
        int between = between(whole);
        int behind = whole.end() - behindStart(whole);
        System.arraycopy(whole.bytes(), betweenStart(whole), to, start, between);
        System.arraycopy(whole.bytes(), behindStart(whole), to, start + between, behind);
        return between + behind;
    }

    /**
     * Restores all bytes of the experience.
     *
     * @param between as in {@link #between}
     * @param key {@code policyId/state}
     * @param policyIdLength in bytes
     */
    public static byte[] whole(byte[] cut, int between, byte[] key, int policyIdLength) {
        int stateLength = key.length - policyIdLength - 1;
        int state = POLICY_ID + policyIdLength + between;
        int behind = state + stateLength;
        byte[] whole = new byte[behind + cut.length - between];
        EncodedExperience.writeHeader(whole);
        whole[POLICY_ID - 1] = (byte) (policyIdLength << 1); // Avro's zigzag number
        System.arraycopy(key, 0, whole, POLICY_ID, policyIdLength);
        System.arraycopy(cut, 0, whole, POLICY_ID + policyIdLength, between);
        System.arraycopy(key, policyIdLength + 1, whole, state, stateLength);
        System.arraycopy(cut, between, whole, behind, cut.length - between);
        return whole;
    }
}

package io.streamq.schemas;

/**
 * An encoded {@link Experience} without what whoever has its key knows already: the header that tells the current schema, the policyId and
 * the state. That is more than half of a short one, and every byte of it can be had back.
 *
 * <p>What is left is all between the policyId and the state, and all behind the state.
 */
public final class CutExperience {
    private static final int POLICY_ID = EncodedExperience.HEADER_BYTES + 1;
    private static final int MOST_BETWEEN = 255;

    private CutExperience() {}

    /** Whether it can be cut: it stands where it was received, and what is special about it fits into {@link #between}. */
    public static boolean isOf(EncodedExperience whole) {
        return whole.isInPlace()
                && whole.policyIdStart() == whole.begin() + POLICY_ID // so its length is told as it would be again
                && between(whole) <= MOST_BETWEEN;
    }

    /** How many bytes stand between the policyId and the state, which are the first of the cut: at most 255. */
    public static int between(EncodedExperience whole) {
        return whole.stateStart() - betweenStart(whole);
    }

    private static int betweenStart(EncodedExperience whole) {
        return whole.policyIdStart() + whole.policyIdLength();
    }

    /** Where the reward stands, in little endian, from the beginning of the cut. */
    public static int rewardStart(EncodedExperience whole) {
        return between(whole) + whole.rewardStart() - behindStart(whole);
    }

    private static int behindStart(EncodedExperience whole) {
        return whole.stateStart() + whole.stateLength();
    }

    /**
     * Writes the cut.
     *
     * @return how many bytes it has
     */
    public static int write(EncodedExperience whole, byte[] to, int start) {
        int between = between(whole);
        int behind = whole.end() - behindStart(whole);
        System.arraycopy(whole.bytes(), betweenStart(whole), to, start, between);
        System.arraycopy(whole.bytes(), behindStart(whole), to, start + between, behind);
        return between + behind;
    }

    /**
     * Gives all bytes of the experience back.
     *
     * @param between as in {@link #between}
     * @param key {@code policyId/state}
     * @param policyIdLength of these
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

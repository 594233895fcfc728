package io.streamq.schemas;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * An encoded {@link Experience} without what anyone with its key can restore: the header with the current schema, the policyId, the state,
 * and optional fields where all of them are absent. That is two thirds of a short one.
 *
 * <p>What remains is the <em>head</em>, between policyId and state; the <em>body</em>, behind the state: action, reward and nextState; and
 * the <em>tail</em>, from terminated on. A head and a tail without any optional field are plain, and are left out.
 */
public final class CutExperience {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int POLICY_ID = EncodedExperience.HEADER_BYTES + 1;
    /** No agentId, episodeId and step, and the state's length. */
    private static final int PLAIN_HEAD_BYTES = 4;

    private static final int ABSENT_IN_HEAD = 0xFFFFFF;
    /** Whether terminated, not truncated, and six absent fields. */
    private static final int PLAIN_TAIL_BYTES = 8;

    private static final byte[] NOTHING = {};

    private CutExperience() {}

    /** Whether it can be cut: it is read in place. */
    public static boolean isOf(EncodedExperience whole) {
        return whole.isInPlace()
                && whole.policyIdStart() == whole.begin() + POLICY_ID; // one-byte length, as whole() writes it
    }

    /** Whether it has a head that is not plain. */
    public static boolean hasHead(EncodedExperience whole) {
        return headLength(whole) != PLAIN_HEAD_BYTES
                || ((int) INT.get(whole.bytes(), headStart(whole)) & ABSENT_IN_HEAD) != 0;
    }

    /** Where the head begins in {@link EncodedExperience#bytes}. */
    public static int headStart(EncodedExperience whole) {
        return whole.policyIdStart() + whole.policyIdLength();
    }

    /** In bytes. */
    public static int headLength(EncodedExperience whole) {
        return whole.stateStart() - headStart(whole);
    }

    /** Whether it has a tail that is not plain. */
    public static boolean hasTail(EncodedExperience whole) {
        int start = tailStart(whole);
        return whole.end() - start != PLAIN_TAIL_BYTES
                || (long) LONG.get(whole.bytes(), start) != plainTail(whole.terminated());
    }

    private static long plainTail(boolean terminated) {
        return terminated ? 1 : 0;
    }

    private static int tailStart(EncodedExperience whole) {
        return whole.nextStateStart() + Math.max(0, whole.nextStateLength());
    }

    /** Where the body begins in {@link EncodedExperience#bytes}. */
    public static int bodyStart(EncodedExperience whole) {
        return whole.stateStart() + whole.stateLength();
    }

    /** In bytes, of the body and, unless it is plain, the tail that follows. */
    public static int restLength(EncodedExperience whole) {
        return (hasTail(whole) ? whole.end() : tailStart(whole)) - bodyStart(whole);
    }

    /** Where the little-endian reward is, behind a number of any length. */
    public static int rewardStart(byte[] bytes, int bodyStart) {
        int at = bodyStart;
        while (bytes[at] < 0) {
            at++;
        }
        return at + 1;
    }

    /**
     * Restores all bytes of the experience.
     *
     * @param head without bytes if it is plain
     * @param rest the body, and the tail unless that is plain
     * @param key {@code policyId/state}
     * @param policyIdLength in bytes
     */
    public static byte[] whole(
            byte[] head, byte[] rest, boolean hasTail, boolean terminated, byte[] key, int policyIdLength) {
        int stateLength = key.length - policyIdLength - 1;
        byte[] itsHead = head.length > 0 ? head : new byte[] {0, 0, 0, varint(stateLength)};
        byte[] plainTail = hasTail ? NOTHING : new byte[PLAIN_TAIL_BYTES];
        if (!hasTail) {
            LONG.set(plainTail, 0, plainTail(terminated));
        }
        int state = POLICY_ID + policyIdLength + itsHead.length;
        int body = state + stateLength;
        byte[] whole = new byte[body + rest.length + plainTail.length];
        EncodedExperience.writeHeader(whole);
        whole[POLICY_ID - 1] = varint(policyIdLength);
        System.arraycopy(key, 0, whole, POLICY_ID, policyIdLength);
        System.arraycopy(itsHead, 0, whole, POLICY_ID + policyIdLength, itsHead.length);
        System.arraycopy(key, policyIdLength + 1, whole, state, stateLength);
        System.arraycopy(rest, 0, whole, body, rest.length);
        System.arraycopy(plainTail, 0, whole, body + rest.length, plainTail.length);
        return whole;
    }

    /** A number below 64 as Avro writes it, zigzag. */
    private static byte varint(int number) {
        return (byte) (number << 1);
    }
}

package io.streamq.learning;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * A set of actions as bits, action {@code a} being bit {@code a % 64} of word {@code a / 64}. {@code null} stands for all
 * actions: most policies never restrict them and pay nothing.
 */
public final class ActionSet {
    private ActionSet() {}

    /**
     * The set of the given actions.
     *
     * @param actions number of actions of the policy
     * @param members 0-based actions, any order
     * @return {@code (actions + 63) / 64} words
     * @throws IllegalArgumentException if a member is negative or not below {@code actions}
     */
    public static long[] of(int actions, int... members) {
        BitSet set = new BitSet(actions);
        for (int member : members) {
            if (member < 0 || member >= actions) {
                throw new IllegalArgumentException("a legal action must be in [0, " + actions + "): got " + member);
            }
            set.set(member);
        }
        long[] words = new long[(actions + 63) / 64];
        long[] used = set.toLongArray();
        System.arraycopy(used, 0, words, 0, used.length);
        return words;
    }

    /** Whether the set holds {@code action}. */
    public static boolean contains(long @Nullable [] set, int action) {
        return set == null || (set[action >>> 6] & (1L << action)) != 0;
    }
}

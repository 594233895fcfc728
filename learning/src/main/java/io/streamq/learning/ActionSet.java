package io.streamq.learning;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A set of actions as a bit set: action {@code a} is bit {@code a % 64} of word {@code a / 64}. {@code null} stands for all actions: most
 * policies never restrict them and pay nothing.
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

    /**
     * The members of a set below {@code end}.
     *
     * @param actions number of actions in the domain of the result, at least {@code end}
     */
    public static long[] below(int end, long @Nullable [] set, int actions) {
        long[] words = new long[(actions + 63) / 64];
        for (int action = 0; action < end; action++) {
            if (contains(set, action)) {
                words[action >>> 6] |= 1L << action;
            }
        }
        return words;
    }

    /**
     * The members of a set in ascending order.
     *
     * @param actions number of actions in its domain
     */
    public static List<Integer> members(long @Nullable [] set, int actions) {
        List<Integer> members = new ArrayList<>();
        for (int action = 0; action < actions; action++) {
            if (contains(set, action)) {
                members.add(action);
            }
        }
        return List.copyOf(members);
    }

    /** Whether the set contains {@code action}. */
    public static boolean contains(long @Nullable [] set, int action) {
        return set == null || (set[action >>> 6] & (1L << action)) != 0;
    }

    /** How many of the policy's {@code actions} the set contains. */
    public static int size(long @Nullable [] set, int actions) {
        if (set == null) {
            return actions;
        }
        int size = 0;
        for (long word : set) {
            size += Long.bitCount(word);
        }
        return size;
    }

    /**
     * A member of the set by its rank in ascending order.
     *
     * @param place at least 0 and below the set's size
     */
    public static int member(long @Nullable [] set, int place) {
        if (set == null) {
            return place;
        }
        int action = -1;
        for (int skipped = 0; skipped <= place; skipped++) {
            do {
                action++;
            } while (!contains(set, action));
        }
        return action;
    }
}

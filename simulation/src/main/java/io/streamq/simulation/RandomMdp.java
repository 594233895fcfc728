package io.streamq.simulation;

import java.util.Arrays;
import java.util.BitSet;
import java.util.SplittableRandom;

/** Random worlds, to cover what the designed ones do not. */
public final class RandomMdp {
    private RandomMdp() {}

    /**
     * A Garnet (Archibald, McKinnon and Thomas 1995): each action of each state leads to {@code branches} distinct random
     * states, with the probabilities that random cuts of [0, 1] leave, and a reward of the state and action in [-1, 1). The
     * first branch of action 0 leads to the next state in a ring, so that every state can be reached from every other. No
     * episode ever terminates; it is truncated after 100 steps. Discount 0.95.
     *
     * @param branches in [1, states]
     * @param seed equal seeds give equal worlds
     */
    public static World garnet(int states, int actions, int branches, long seed) {
        if (branches < 1 || branches > states) {
            throw new IllegalArgumentException("branches must be in [1, " + states + "]: got " + branches);
        }
        SplittableRandom random = new SplittableRandom(seed);
        Mdp.Builder mdp = Mdp.builder(states, actions);
        for (int state = 0; state < states; state++) {
            for (int action = 0; action < actions; action++) {
                int first = action == 0 ? (state + 1) % states : random.nextInt(states);
                int[] successors = distinct(first, branches, states, random);
                double[] cuts = cuts(branches, random);
                double reward = random.nextDouble(-1, 1);
                for (int branch = 0; branch < branches; branch++) {
                    mdp.transition(state, action, cuts[branch + 1] - cuts[branch], successors[branch], reward, false);
                }
            }
        }
        return new World("garnet-" + states, mdp.build(), null, 100, 0.95);
    }

    private static int[] distinct(int first, int count, int bound, SplittableRandom random) {
        int[] drawn = new int[count];
        BitSet taken = new BitSet(bound);
        drawn[0] = first;
        taken.set(first);
        for (int i = 1; i < count; i++) {
            do {
                drawn[i] = random.nextInt(bound);
            } while (taken.get(drawn[i]));
            taken.set(drawn[i]);
        }
        return drawn;
    }

    /** 0, {@code pieces - 1} random points in ascending order, 1. */
    private static double[] cuts(int pieces, SplittableRandom random) {
        double[] cuts = new double[pieces + 1];
        for (int i = 1; i < pieces; i++) {
            cuts[i] = random.nextDouble();
        }
        cuts[pieces] = 1;
        Arrays.sort(cuts);
        return cuts;
    }
}

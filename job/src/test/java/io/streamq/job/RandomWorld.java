package io.streamq.job;

import io.streamq.job.record.SourceRecord;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.Experience;
import java.io.Serializable;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A small Markov decision process made of a seed: each action leads to either of two states, and now and then to the end. Its
 * i-th experience is a function of i alone, and its optimum is known.
 */
record RandomWorld(long seed) implements Serializable {
    static final int STATES = 12;
    static final int ACTIONS = 3;
    static final double DISCOUNT = 0.8;
    private static final double END = 0.05;

    private static final AvroCodec<Experience> CODEC = AvroCodec.experience();

    /** What an action leads to: the first successor with the given probability, else the second. */
    private record Outcome(double reward, int first, int second, double probabilityOfFirst) {}

    /** Another world each time; its seed is printed. */
    static RandomWorld any() {
        RandomWorld world = new RandomWorld(System.nanoTime());
        System.out.println(world);
        return world;
    }

    private Outcome outcome(int state, int action) {
        SplittableRandom random = new SplittableRandom((seed * STATES + state) * ACTIONS + action);
        return new Outcome(
                random.nextDouble(-1, 1), random.nextInt(STATES), random.nextInt(STATES), random.nextDouble());
    }

    /** An experience of a state and an action drawn uniformly. */
    SourceRecord experience(long index) {
        SplittableRandom random = new SplittableRandom(seed ^ (index << 20));
        int state = random.nextInt(STATES);
        int action = random.nextInt(ACTIONS);
        Outcome outcome = outcome(state, action);
        boolean terminated = random.nextDouble() < END;
        int next = random.nextDouble() < outcome.probabilityOfFirst ? outcome.first : outcome.second;
        return record(index, state, action, outcome.reward, terminated ? null : name(next));
    }

    /** An experience that ends in its state without reward, so that the state's row is touched. */
    static SourceRecord touch(long index, int state) {
        return record(index, state, 0, 0, null);
    }

    private static SourceRecord record(long index, int state, int action, double reward, @Nullable String nextState) {
        byte[] value = CODEC.encode(Experience.newBuilder()
                .setState(name(state))
                .setAction(action)
                .setReward(reward)
                .setNextState(nextState)
                .setTerminated(nextState == null)
                .build());
        return new SourceRecord(0, index, 0, null, value);
    }

    private static String name(int state) {
        return Integer.toString(state);
    }

    /** Q*, by value iteration. */
    double[][] optimum() {
        double[][] q = new double[STATES][ACTIONS];
        for (int sweep = 0; sweep < 200; sweep++) {
            double[] v = Arrays.stream(q)
                    .mapToDouble(row -> Arrays.stream(row).max().orElseThrow())
                    .toArray();
            for (int state = 0; state < STATES; state++) {
                for (int action = 0; action < ACTIONS; action++) {
                    Outcome outcome = outcome(state, action);
                    double next = outcome.probabilityOfFirst * v[outcome.first]
                            + (1 - outcome.probabilityOfFirst) * v[outcome.second];
                    q[state][action] = outcome.reward + (1 - END) * DISCOUNT * next;
                }
            }
        }
        return q;
    }
}

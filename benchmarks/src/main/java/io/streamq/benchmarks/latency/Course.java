package io.streamq.benchmarks.latency;

import io.streamq.benchmarks.workload.Workload;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.Experience;
import io.streamq.schemas.PolicyKey;

/**
 * Experiences by number: the i-th is of state i mod {@code states}, so whoever sees the n-th answer of a state knows which
 * experience it answers. Every state always takes the same action, whose value is above all others' and moves with each
 * experience, so that a job that announces every move of a value answers each of them.
 */
final class Course {
    /** Rewards of a state in turn: with one only, its value might settle to the last bit. */
    private static final int REWARDS = 4;

    private final int states;
    private final byte[][] keys;
    private final byte[][][] values;

    Course(int states, int actions) {
        this.states = states;
        keys = new byte[states][];
        values = new byte[REWARDS][states][];
        AvroCodec<Experience> codec = AvroCodec.experience();
        for (int state = 0; state < states; state++) {
            String name = Workload.name(state, Workload.LEAST_STATE_BYTES);
            keys[state] = new PolicyKey("default", name).toBytes();
            for (int reward = 0; reward < REWARDS; reward++) {
                values[reward][state] = codec.encode(Experience.newBuilder()
                        .setState(name)
                        .setAction(state % actions)
                        .setReward(1 + reward + state * 1e-6)
                        // A fixed stride through all states, so that successors lie everywhere.
                        .setNextState(Workload.name(
                                (int) ((state * 7919L + 1 + reward) % states), Workload.LEAST_STATE_BYTES))
                        .setTerminated(false)
                        .build());
            }
        }
    }

    int states() {
        return states;
    }

    int state(long experience) {
        return (int) (experience % states);
    }

    /** The key that its answer has on the policy topic, too. */
    byte[] key(long experience) {
        return keys[state(experience)];
    }

    byte[] value(long experience) {
        return values[(int) (experience / states % REWARDS)][state(experience)];
    }

    /** The experience that the n-th answer of a state answers, counted from 0. */
    long answered(int state, long n) {
        return n * states + state;
    }
}

package io.streamq.benchmarks.latency;

import io.streamq.benchmarks.workload.Workload;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.Experience;
import io.streamq.schemas.PolicyKey;

/**
 * Numbered experiences: the i-th is of state i mod {@code states}, so the n-th answer of a state tells which experience it
 * answers. A state always takes the same action, whose value is above all others' and moves with each experience, so that
 * a job that announces every move of a value answers every experience.
 */
final class Course {
    /** Rewards of a state in turn: with a single one, its value might settle to the last bit. */
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
                        // A fixed stride through all states, so that successors are spread everywhere.
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

    /** Also the key of its answer on the policy topic. */
    byte[] key(long experience) {
        return keys[state(experience)];
    }

    byte[] value(long experience) {
        return values[(int) (experience / states % REWARDS)][state(experience)];
    }

    /** The experience that a state's n-th answer, counted from 0, answers. */
    long answered(int state, long n) {
        return n * states + state;
    }
}

package io.streamq.benchmarks.workload;

import java.util.SplittableRandom;

/** How often states are visited. */
public enum Skew {
    /** All equally often. */
    UNIFORM {
        @Override
        int draw(SplittableRandom random, int states) {
            return random.nextInt(states);
        }
    },
    /** The k-th state in proportion to log(1 + 1/k), which is Zipf's law with exponent 1 except for the first few. */
    ZIPF {
        @Override
        int draw(SplittableRandom random, int states) {
            return (int) Math.min(states - 1L, (long) Math.pow(states + 1.0, random.nextDouble()) - 1);
        }
    };

    /** A state in [0, states). */
    abstract int draw(SplittableRandom random, int states);
}

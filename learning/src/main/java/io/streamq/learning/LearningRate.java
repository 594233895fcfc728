package io.streamq.learning;

import java.io.Serializable;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far one experience moves a value towards its target, as a function of n, the number of visits of (state, action) including this one.
 *
 * <p>Q-learning converges with probability 1 if the rates of every pair have an infinite sum and a finite sum of squares (Watkins and Dayan
 * 1992, theorem 1): those of {@link Polynomial} with omega in (1/2, 1] and of {@link Harmonic} do; {@link Constant} tracks a changing world
 * instead of settling.
 */
public sealed interface LearningRate extends Serializable {
    /**
     * The rate of the n-th visit, in (0, 1].
     *
     * @param n at least 1
     */
    double at(long n);

    /** The same rate forever. */
    record Constant(double alpha) implements LearningRate {
        public Constant {
            require(alpha > 0 && alpha <= 1, "a constant learning rate must be in (0, 1]", "alpha", alpha);
        }

        @Override
        public double at(long n) {
            return alpha;
        }
    }

    /**
     * n^-omega. With omega in (1/2, 1) the error falls polynomially in 1/(1 - discount); with omega = 1 exponentially slower
     * (Even-Dar and Mansour 2003, theorems 3 and 5).
     */
    final class Polynomial implements LearningRate {
        /** Precomputed rates: enough for most updates of most pairs, small enough for the L2 cache. */
        private static final int KEPT = 4096;

        /** By omega: policies are many, and most have the same one. Those that no rate has any more may go. */
        private static final Map<Double, WeakReference<double[]>> TABLES = new HashMap<>();

        private final double omega;
        private final transient double[] kept;

        public Polynomial(double omega) {
            require(omega > 0 && omega <= 1, "the exponent of a learning rate must be in (0, 1]", "omega", omega);
            this.omega = omega;
            this.kept = table(omega);
        }

        private static double[] table(double omega) {
            synchronized (TABLES) {
                WeakReference<double[]> known = TABLES.get(omega);
                double[] table = known == null ? null : known.get();
                if (table == null) {
                    table = computeTable(omega);
                    TABLES.values().removeIf(each -> each.get() == null);
                    TABLES.put(omega, new WeakReference<>(table));
                }
                return table;
            }
        }

        private static double[] computeTable(double omega) {
            double[] table = new double[KEPT];
            for (int n = 1; n < KEPT; n++) {
                table[n] = Math.pow((double) n, -omega);
            }
            return table;
        }

        public double omega() {
            return omega;
        }

        @Override
        public double at(long n) {
            return n < KEPT ? kept[(int) n] : Math.pow((double) n, -omega);
        }

        private Object readResolve() {
            return new Polynomial(omega);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Polynomial rate && Double.compare(omega, rate.omega) == 0;
        }

        @Override
        public int hashCode() {
            return Double.hashCode(omega);
        }

        @Override
        public String toString() {
            return "Polynomial[omega=" + omega + ']';
        }
    }

    /** (c + 1) / (c + n): starts at 1, is about 1/2 at n = c, and falls like 1/n from there. */
    record Harmonic(double c) implements LearningRate {
        public Harmonic {
            require(c >= 0 && Double.isFinite(c), "the constant of a harmonic rate must be >= 0", "c", c);
        }

        @Override
        public double at(long n) {
            return (c + 1) / (c + n);
        }
    }

    /**
     * 1/n: the plain average of all targets, including the first ones, which bootstrapped from meaningless values. Exponentially slow in
     * 1/(1 - discount) (Even-Dar and Mansour 2003, theorem 5); there for comparison.
     */
    record SampleAverage() implements LearningRate {
        @Override
        public double at(long n) {
            return 1.0 / n;
        }
    }

    private static void require(boolean holds, String rule, String name, double value) {
        if (!holds) {
            throw new IllegalArgumentException(rule + ": " + name + "=" + value);
        }
    }
}

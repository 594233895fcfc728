package io.streamq.benchmarks.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Numbers along an axis, between round ones.
 *
 * @param logarithmic whether equal lengths are equal ratios
 */
record Scale(double from, double to, List<Double> ticks, boolean logarithmic) {
    private static final double ALMOST = 1e-9;

    /** From 0, with about {@code ticks} ticks, 1, 2 or 5 times a power of ten apart. */
    static Scale linear(double most, int ticks) {
        double width = most > 0 ? most : 1;
        double power = Math.pow(10, Math.floor(Math.log10(width / ticks)));
        double leading = width / ticks / power;
        double step = power * (leading <= 1 + ALMOST ? 1 : leading <= 2 + ALMOST ? 2 : leading <= 5 + ALMOST ? 5 : 10);
        int steps = (int) Math.ceil(width / step - ALMOST);
        List<Double> all = new ArrayList<>();
        for (int i = 0; i <= steps; i++) {
            all.add(i * step);
        }
        return new Scale(0, steps * step, List.copyOf(all), false);
    }

    /** Powers of ten around all numbers, which must be greater than 0. */
    static Scale logarithmic(double least, double most) {
        int first = (int) Math.floor(Math.log10(least) + ALMOST);
        int last = Math.max(first + 1, (int) Math.ceil(Math.log10(most) - ALMOST));
        List<Double> all = new ArrayList<>();
        for (int exponent = first; exponent <= last; exponent++) {
            all.add(Math.pow(10, exponent));
        }
        return new Scale(all.get(0), all.get(all.size() - 1), List.copyOf(all), true);
    }

    /** Where in [0, 1] a number lies. */
    double fraction(double number) {
        return logarithmic
                ? (Math.log10(number) - Math.log10(from)) / (Math.log10(to) - Math.log10(from))
                : (number - from) / (to - from);
    }
}

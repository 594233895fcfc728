package io.streamq.cli.chart;

import java.util.Locale;

/**
 * A range of numbers, its ends usually round.
 *
 * @param step between ticks: 1, 2 or 5 times a power of ten
 */
record LinearAxis(double from, double to, double step) implements Axis {
    private static final double ALMOST = 1e-9;

    /** Covers the numbers given, with about {@code ticks} ticks. */
    static LinearAxis covering(double least, double greatest, int ticks) {
        double width = greatest > least ? greatest - least : 1;
        double step = roundUp(width / ticks);
        double first = Math.floor(least / step + ALMOST);
        double last = Math.max(first + 1, Math.ceil(greatest / step - ALMOST));
        return new LinearAxis(step * first, step * last, step);
    }

    /** From 0 to exactly {@code to}, which need not be round. */
    static LinearAxis upTo(double to, int ticks) {
        return new LinearAxis(0, to, roundUp(to / ticks));
    }

    private static double roundUp(double step) {
        double power = Math.pow(10, Math.floor(Math.log10(step)));
        double leading = step / power;
        return power * (leading <= 1 + ALMOST ? 1 : leading <= 2 + ALMOST ? 2 : leading <= 5 + ALMOST ? 5 : 10);
    }

    @Override
    public int ticks() {
        return (int) Math.floor((to - from) / step + ALMOST) + 1;
    }

    @Override
    public double tick(int index) {
        return from + index * step;
    }

    @Override
    public double fraction(double number) {
        return (number - from) / (to - from);
    }

    /** With as many decimals as the step needs, {@code 0.15} or {@code 20,000}. */
    @Override
    public String label(int index) {
        int decimals = (int) Math.max(0, -Math.floor(Math.log10(step) + ALMOST));
        double tick = tick(index);
        // No minus zero.
        return String.format(Locale.ROOT, "%,." + decimals + "f", Math.abs(tick) < step / 2 ? 0.0 : tick)
                .replace('-', '−');
    }
}

package io.streamq.cli.chart;

import java.util.Locale;

/**
 * Powers of ten, with a tick at each. Numbers below the first, zero included, are drawn at the first.
 *
 * @param from exponent of the first
 * @param to exponent of the last, greater
 */
record LogAxis(int from, int to) implements Axis {
    private static final double ALMOST = 1e-9;

    /** Covers the numbers given, both above 0. */
    static LogAxis covering(double least, double greatest) {
        int from = (int) Math.floor(Math.log10(least) + ALMOST);
        int to = (int) Math.ceil(Math.log10(greatest) - ALMOST);
        return new LogAxis(from, Math.max(from + 1, to));
    }

    @Override
    public int ticks() {
        return to - from + 1;
    }

    @Override
    public double tick(int index) {
        return Math.pow(10, (double) from + index);
    }

    @Override
    public double fraction(double number) {
        return number <= 0 ? 0 : Math.max(0, (Math.log10(number) - from) / (to - from));
    }

    @Override
    public String label(int index) {
        int decimals = Math.max(0, -(from + index));
        return String.format(Locale.ROOT, "%,." + decimals + "f", tick(index));
    }
}

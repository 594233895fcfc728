package io.streamq.cli.terminal;

import java.time.Duration;
import java.util.Locale;

/** Numbers as people read them, the same in every locale. */
public final class Quantities {
    private Quantities() {}

    /** {@code 12,345}. */
    public static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** {@code 1 record}, {@code 12,345 records}. */
    public static String count(long count, String singular) {
        return count(count) + " " + singular + (count == 1 ? "" : "s");
    }

    /** {@code 850 /s}, {@code 12.3 k/s}, {@code 1.2 M/s}. */
    public static String rate(double perSecond) {
        if (perSecond < 999.5) {
            return String.format(Locale.ROOT, perSecond < 9.95 ? "%.1f /s" : "%.0f /s", perSecond);
        }
        boolean thousands = perSecond < 999_950;
        return String.format(Locale.ROOT, "%.1f %s/s", perSecond / (thousands ? 1e3 : 1e6), thousands ? "k" : "M");
    }

    /** {@code 42 %}; rounded down, so that 100 % means all. */
    public static String percent(double fraction) {
        return (int) (fraction * 100) + " %";
    }

    /** {@code 3.4 s}, {@code 2 min 05 s}, {@code 1 h 02 min}. */
    public static String duration(Duration duration) {
        if (duration.compareTo(Duration.ofMillis(59_950)) < 0) {
            return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1e3);
        }
        return duration.toHours() == 0
                ? String.format(Locale.ROOT, "%d min %02d s", duration.toMinutes(), duration.toSecondsPart())
                : String.format(Locale.ROOT, "%d h %02d min", duration.toHours(), duration.toMinutesPart());
    }

    /** A learned value with four decimals, {@code -12.2479}; very large and very small ones as {@code 1.23e+09}. */
    public static String value(double value) {
        double magnitude = Math.abs(value);
        boolean plain = value == 0 || (magnitude >= 5e-5 && magnitude < 1e8);
        return String.format(Locale.ROOT, plain ? "%.4f" : "%.2e", value);
    }
}

package io.streamq.learning;

/** For means of values so great that their sum is infinite, though the mean is not. */
final class Scale {
    /** A power of two, so that great values lose nothing by it; of the most actions that a row can have, the sum is finite. */
    static final double DOWN = 1.0 / (2 * QRow.MAX_ACTIONS);

    private Scale() {}

    /** A mean of values that were scaled down; no farther from 0 than any value can be, whatever rounding made of it. */
    static double up(double mean) {
        return Math.max(-Double.MAX_VALUE, Math.min(mean / DOWN, Double.MAX_VALUE));
    }
}

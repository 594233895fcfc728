package io.streamq.cli.chart;

/** A range of numbers with ticks. */
interface Axis {
    int ticks();

    double tick(int index);

    String label(int index);

    /** Where in [0, 1] a number lies, if it lies on the axis. */
    double fraction(double number);
}

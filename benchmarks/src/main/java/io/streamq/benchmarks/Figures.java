package io.streamq.benchmarks;

import io.streamq.benchmarks.Contestant.Run;
import java.util.List;

/** Median and spread of several runs, in experiences per second. */
record Figures(double median, double least, double most) {
    static Figures of(List<Run> runs) {
        double[] sorted = runs.stream().mapToDouble(Run::perSecond).sorted().toArray();
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Figures(median, sorted[0], sorted[sorted.length - 1]);
    }
}

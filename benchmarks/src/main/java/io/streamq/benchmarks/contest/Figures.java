package io.streamq.benchmarks.contest;

import java.util.List;

/** Median and spread of several runs. */
public record Figures(double median, double least, double most) {
    /** At least one. */
    public static Figures of(List<Double> runs) {
        double[] sorted =
                runs.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Figures(median, sorted[0], sorted[sorted.length - 1]);
    }
}

package io.streamq.cli.curve;

import io.streamq.cli.chart.LineChart;
import io.streamq.cli.chart.Spread;
import io.streamq.cli.curve.SeedRun.Sample;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Several seeds on one grid: at each number of experiences the mean of their values and the sample standard deviation, which is 0
 * for one seed.
 */
record LearningCurve(List<Point> points) {
    /**
     * A point of the grid.
     *
     * @param experiences for each seed
     */
    record Point(long experiences, double mean, double sd) {}

    LearningCurve {
        if (points.size() < 2) {
            throw new IllegalArgumentException("a curve must have at least two points: got " + points);
        }
        points = List.copyOf(points);
    }

    /**
     * Reads each seed at {@code intervals + 1} evenly spaced numbers of experiences from 0 to {@code limit}.
     *
     * @param seeds samples of each in the order they were taken, the first at 0 experiences
     */
    static LearningCurve of(List<List<Sample>> seeds, long limit, int intervals) {
        Point[] points = new Point[intervals + 1];
        for (int i = 0; i <= intervals; i++) {
            long experiences = limit * i / intervals;
            double[] values = seeds.stream()
                    .mapToDouble(samples -> valueAt(samples, experiences))
                    .toArray();
            Spread spread = Spread.of(values);
            points[i] = new Point(experiences, spread.mean(), spread.sd());
        }
        return new LearningCurve(List.of(points));
    }

    /** The value of the policy at that time: the last sample up to then. */
    private static double valueAt(List<Sample> samples, long experiences) {
        double value = samples.get(0).value();
        for (Sample sample : samples) {
            if (sample.experiences() > experiences) {
                return value;
            }
            value = sample.value();
        }
        return value;
    }

    /** As it is drawn. */
    List<LineChart.Point> line() {
        return points.stream()
                .map(point -> new LineChart.Point(point.experiences(), point.mean(), point.sd()))
                .toList();
    }

    Point last() {
        return points.get(points.size() - 1);
    }

    /** Every n-th point and the last. */
    List<Point> thinnedTo(int intervals) {
        int stride = Math.max(1, (points.size() - 1) / intervals);
        return IntStream.range(0, points.size())
                .filter(i -> i % stride == 0 || i == points.size() - 1)
                .mapToObj(points::get)
                .toList();
    }
}

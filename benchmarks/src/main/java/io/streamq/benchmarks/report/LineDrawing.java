package io.streamq.benchmarks.report;

import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.stream.DoubleStream;

/** Draws one line per series over the same few places, with whiskers where there is a spread. */
public final class LineDrawing {
    private static final int HEIGHT = 440;
    private static final int LEFT = 96;
    private static final int RIGHT = Card.WIDTH - 44;
    private static final int TOP = 118;
    private static final int BOTTOM = HEIGHT - 88;
    private static final int TICKS = 5;

    private LineDrawing() {}

    /** The texts around the lines. */
    public record Labels(String title, String subtitle, String foot, String xAxis, DoubleFunction<String> y) {}

    /** One number over a place; NaN where nothing was measured. */
    public record Point(double median, double least, double most) {
        public static Point of(double only) {
            return new Point(only, only, only);
        }
    }

    /** One line. */
    public record Series(String name, List<Point> points) {}

    /** The whole file; a logarithmic scale needs numbers above 0. */
    public static String svg(Labels labels, List<String> places, List<Series> series, boolean logarithmic) {
        Card card = new Card(HEIGHT, labels.title(), labels.subtitle(), labels.foot());
        double most = numbers(series).max().orElse(1);
        Scale y = logarithmic ? Scale.logarithmic(numbers(series).min().orElse(1), most) : Scale.linear(most, TICKS);
        for (double tick : y.ticks()) {
            double at = yOf(y, tick);
            card.segment("grid", LEFT, at, RIGHT, at);
            card.text("", LEFT - 10, at + 4.5, "end", labels.y().apply(tick));
        }
        for (int place = 0; place < places.size(); place++) {
            double at = xOf(place, places.size());
            card.segment("axis", at, BOTTOM, at, BOTTOM + 5);
            card.text("", at, BOTTOM + 22, "middle", places.get(place));
        }
        card.segment("axis", LEFT, BOTTOM, RIGHT, BOTTOM);
        card.text("", (LEFT + RIGHT) / 2.0, BOTTOM + 46, "middle", labels.xAxis());
        double legend = LEFT;
        for (int i = 0; i < series.size(); i++) {
            draw(card, y, series.get(i), i % Card.COLOURS);
            card.line("<polyline class='curve c%d' points='%.1f,90 %.1f,90'/>", i, legend, legend + 26);
            card.text("name", legend + 34, 94.5, "start", series.get(i).name());
            legend += 60 + 8 * series.get(i).name().length();
        }
        return card.done();
    }

    private static void draw(Card card, Scale y, Series series, int colour) {
        StringBuilder corners = new StringBuilder();
        int places = series.points().size();
        for (int place = 0; place < places; place++) {
            Point point = series.points().get(place);
            if (Double.isNaN(point.median())) {
                continue;
            }
            double x = xOf(place, places);
            double at = yOf(y, point.median());
            corners.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, at));
            card.segment("c" + colour, x, yOf(y, point.least()), x, yOf(y, point.most()));
            card.line("<circle class='c%d' cx='%.1f' cy='%.1f' r='3.5'/>", colour, x, at);
        }
        card.line(
                "<polyline class='curve c%d' points='%s'/>",
                colour, corners.toString().strip());
    }

    private static DoubleStream numbers(List<Series> series) {
        return series.stream()
                .flatMap(each -> each.points().stream())
                .flatMapToDouble(point -> DoubleStream.of(point.least(), point.median(), point.most()))
                .filter(number -> !Double.isNaN(number));
    }

    private static double xOf(int place, int places) {
        return LEFT + (RIGHT - LEFT) * (place + 0.5) / places;
    }

    private static double yOf(Scale y, double number) {
        return BOTTOM - (BOTTOM - TOP) * y.fraction(number);
    }
}

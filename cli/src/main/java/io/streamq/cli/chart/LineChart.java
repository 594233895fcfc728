package io.streamq.cli.chart;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** Draws lines of means, each with a band of one standard deviation to either side, and horizontal reference lines. */
public final class LineChart {
    private static final int HEIGHT = 440;
    private static final int LEFT = 84;
    private static final int RIGHT = Svg.WIDTH - 236;
    private static final int TOP = 88;
    private static final int BOTTOM = HEIGHT - 64;
    private static final int LEGEND = RIGHT + 20;
    private static final int LEGEND_LINE = 24;
    private static final int TICKS = 5;

    private final Labels labels;
    private final List<Line> lines;
    private final List<Reference> references;
    private final Axis x;
    private final Axis y;
    private final Svg svg;

    /** A mean and its standard deviation, 0 for a single value. */
    public record Point(double x, double mean, double sd) {}

    /** Points in ascending order. */
    public record Line(String name, List<Point> points) {}

    /** A number on the y axis that is known exactly. */
    public record Reference(String name, double y) {}

    /** How numbers are laid out; on {@code LOG} only positive ones have a place of their own. */
    public enum Scale {
        LINEAR,
        LOG
    }

    private LineChart(Labels labels, Scale xScale, Scale yScale, List<Line> lines, List<Reference> references) {
        if (lines.isEmpty() || lines.size() > Svg.COLORS || lines.stream().anyMatch(line -> line.points.isEmpty())) {
            throw new IllegalArgumentException(
                    "a chart must have 1 to " + Svg.COLORS + " lines, none of them empty: got " + lines);
        }
        this.labels = labels;
        this.lines = List.copyOf(lines);
        this.references = List.copyOf(references);
        this.x = axis(xScale, each(Point::x).toArray(), each(Point::x).toArray());
        // The least mean, not the band, bounds the scale below, and the rest of the band is clipped: values that cannot
        // be negative get no room for negative ones.
        this.y = axis(yScale, withReferences(Point::mean), withReferences(point -> point.mean() + point.sd()));
        this.svg = new Svg(HEIGHT, labels, description());
    }

    /** The whole file. */
    public static String svg(Labels labels, Scale x, Scale y, List<Line> lines, List<Reference> references) {
        return new LineChart(labels, x, y, lines, references).draw();
    }

    private DoubleStream each(ToDoubleFunction<Point> number) {
        return lines.stream().flatMap(line -> line.points.stream()).mapToDouble(number);
    }

    private double[] withReferences(ToDoubleFunction<Point> number) {
        return DoubleStream.concat(each(number), references.stream().mapToDouble(Reference::y))
                .toArray();
    }

    private static Axis axis(Scale scale, double[] low, double[] high) {
        double greatest = DoubleStream.of(high).max().orElseThrow();
        if (scale == Scale.LOG) {
            double least =
                    DoubleStream.of(low).filter(number -> number > 0).min().orElse(1);
            return LogAxis.covering(least, Math.max(least, greatest));
        }
        double least = DoubleStream.of(low).min().orElseThrow();
        return least == 0
                ? LinearAxis.upTo(greatest > 0 ? greatest : 1, TICKS)
                : LinearAxis.covering(least, greatest, TICKS);
    }

    private String description() {
        StringBuilder description = new StringBuilder(labels.yAxis());
        for (Line line : lines) {
            Point last = line.points.get(line.points.size() - 1);
            description.append(
                    String.format(Locale.ROOT, "; %s: %.4g ± %.2g at %,.0f", line.name, last.mean, last.sd, last.x));
        }
        references.forEach(line -> description.append(String.format(Locale.ROOT, "; %s: %.4g", line.name, line.y)));
        return description.toString();
    }

    private String draw() {
        drawAxes();
        svg.add(
                "<clipPath id='plot'><rect x='%d' y='%d' width='%d' height='%d'/></clipPath>",
                LEFT, TOP - 4, RIGHT - LEFT, BOTTOM - TOP + 8);
        references.forEach(this::drawReference);
        for (int i = 0; i < lines.size(); i++) {
            List<Point> points = lines.get(i).points;
            if (points.stream().anyMatch(point -> point.sd > 0)) {
                svg.add("<polygon class='band %s' clip-path='url(#plot)' points='%s'/>", Svg.color(i), band(points));
            }
        }
        for (int i = 0; i < lines.size(); i++) {
            svg.add(
                    "<polyline class='line %s' clip-path='url(#plot)' points='%s'/>",
                    Svg.color(i), corners(lines.get(i).points, Point::mean));
        }
        drawLegend();
        return svg.finished();
    }

    private void drawAxes() {
        for (int tick = 0; tick < y.ticks(); tick++) {
            double at = yOf(y.tick(tick));
            svg.add("<line class='grid' x1='%d' y1='%.1f' x2='%d' y2='%.1f'/>", LEFT, at, RIGHT, at);
            svg.add("<text x='%d' y='%.1f' text-anchor='end'>%s</text>", LEFT - 10, at + 4.5, y.label(tick));
        }
        for (int tick = 0; tick < x.ticks(); tick++) {
            double at = xOf(x.tick(tick));
            svg.add("<line class='axis' x1='%.1f' y1='%d' x2='%.1f' y2='%d'/>", at, BOTTOM, at, BOTTOM + 5);
            svg.add("<text x='%.1f' y='%d' text-anchor='middle'>%s</text>", at, BOTTOM + 22, x.label(tick));
        }
        svg.add("<line class='axis' x1='%d' y1='%d' x2='%d' y2='%d'/>", LEFT, BOTTOM, RIGHT, BOTTOM);
        svg.add(
                "<text x='%d' y='%d' text-anchor='middle'>%s</text>",
                (LEFT + RIGHT) / 2, BOTTOM + 46, Svg.escaped(labels.xAxis()));
        svg.add(
                "<text transform='translate(26 %d) rotate(-90)' text-anchor='middle'>%s</text>",
                (TOP + BOTTOM) / 2, Svg.escaped(labels.yAxis()));
    }

    private void drawReference(Reference reference) {
        double at = yOf(reference.y);
        svg.add("<line class='reference' x1='%d' y1='%.1f' x2='%d' y2='%.1f'/>", LEFT, at, RIGHT, at);
        svg.add("<text class='known' x='%d' y='%.1f'>%s</text>", LEGEND, at + 4.5, Svg.escaped(reference.name));
    }

    /** To the right, from the top or, if references are drawn there, from below them. */
    private void drawLegend() {
        int at = TOP + 12;
        for (Reference reference : references) {
            at = yOf(reference.y) < TOP + 40 ? (int) yOf(reference.y) + 30 : at;
        }
        for (int i = 0; i < lines.size(); i++) {
            svg.add("<polyline class='line %s' points='%d,%d %d,%d'/>", Svg.color(i), LEGEND, at, LEGEND + 30, at);
            svg.add("<text x='%d' y='%.1f'>%s</text>", LEGEND + 40, at + 4.5, Svg.escaped(lines.get(i).name));
            at += LEGEND_LINE;
        }
        if (each(Point::sd).anyMatch(sd -> sd > 0)) {
            svg.add("<rect class='band c0' x='%d' y='%d' width='30' height='12'/>", LEGEND, at - 6);
            svg.add("<text x='%d' y='%.1f'>± standard deviation</text>", LEGEND + 40, at + 4.5);
        }
    }

    private String band(List<Point> points) {
        List<Point> backwards = new ArrayList<>(points);
        Collections.reverse(backwards);
        return corners(points, point -> point.mean() + point.sd())
                + ' '
                + corners(backwards, point -> point.mean() - point.sd());
    }

    private String corners(List<Point> points, ToDoubleFunction<Point> value) {
        StringBuilder corners = new StringBuilder();
        for (Point point : points) {
            corners.append(corners.isEmpty() ? "" : " ")
                    .append(String.format(Locale.ROOT, "%.1f,%.1f", xOf(point.x), yOf(value.applyAsDouble(point))));
        }
        return corners.toString();
    }

    private double xOf(double number) {
        return LEFT + (RIGHT - LEFT) * x.fraction(number);
    }

    private double yOf(double number) {
        return BOTTOM - (BOTTOM - TOP) * y.fraction(number);
    }
}

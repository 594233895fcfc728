package io.streamq.cli.chart;

import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/** Draws rows of dots on a logarithmic scale: each a mean with a whisker of one standard deviation to either side. */
public final class DotChart {
    private static final int LEFT = 250;
    private static final int RIGHT = Svg.WIDTH - 40;
    private static final int TOP = 112;
    private static final int ROW = 30;
    private static final int FOOT = 64;
    private static final int RADIUS = 5;

    private final Labels labels;
    private final List<String> colors;
    private final List<Row> rows;
    private final Axis x;
    private final int bottom;

    /**
     * A dot; drawn at the left end if it is 0, which has no logarithm.
     *
     * @param color index of its name in the legend
     */
    public record Dot(int color, double mean, double sd) {}

    /** The dots drawn at one height. */
    public record Row(String name, List<Dot> dots) {}

    private DotChart(Labels labels, List<String> colors, List<Row> rows) {
        this.labels = labels;
        this.colors = List.copyOf(colors);
        this.rows = List.copyOf(rows);
        this.x = LogAxis.covering(
                means().filter(mean -> mean > 0).min().orElse(1),
                rows.stream()
                        .flatMap(row -> row.dots.stream())
                        .mapToDouble(dot -> dot.mean + dot.sd)
                        .max()
                        .orElse(10));
        this.bottom = TOP + ROW * rows.size();
    }

    /**
     * The whole file.
     *
     * @param colors what the dots of each color stand for
     */
    public static String svg(Labels labels, List<String> colors, List<Row> rows) {
        return new DotChart(labels, colors, rows).draw();
    }

    private DoubleStream means() {
        return rows.stream().flatMap(row -> row.dots.stream()).mapToDouble(Dot::mean);
    }

    private String draw() {
        Svg svg = new Svg(bottom + FOOT, labels, description());
        drawLegend(svg);
        drawAxis(svg);
        for (int i = 0; i < rows.size(); i++) {
            int at = TOP + ROW * i + ROW / 2;
            svg.add("<line class='grid' x1='%d' y1='%d' x2='%d' y2='%d'/>", LEFT, at, RIGHT, at);
            svg.add(
                    "<text x='%d' y='%.1f' text-anchor='end'>%s</text>",
                    LEFT - 14, at + 4.5, Svg.raisedExponents(Svg.escaped(rows.get(i).name)));
            rows.get(i).dots.forEach(dot -> drawDot(svg, dot, at));
        }
        return svg.finished();
    }

    private void drawLegend(Svg svg) {
        int at = LEFT;
        for (int i = 0; i < colors.size(); i++) {
            svg.add("<circle class='dot %s' cx='%d' cy='88' r='%d'/>", Svg.color(i), at, RADIUS);
            svg.add("<text x='%d' y='92.5'>%s</text>", at + 12, Svg.raisedExponents(Svg.escaped(colors.get(i))));
            at += 36 + 8 * colors.get(i).length();
        }
    }

    private void drawAxis(Svg svg) {
        for (int tick = 0; tick < x.ticks(); tick++) {
            double at = xOf(x.tick(tick));
            svg.add("<line class='grid' x1='%.1f' y1='%d' x2='%.1f' y2='%d'/>", at, TOP, at, bottom);
            svg.add("<text x='%.1f' y='%d' text-anchor='middle'>%s</text>", at, bottom + 20, x.label(tick));
        }
        svg.add("<line class='axis' x1='%d' y1='%d' x2='%d' y2='%d'/>", LEFT, bottom, RIGHT, bottom);
        svg.add(
                "<text x='%d' y='%d' text-anchor='middle'>%s</text>",
                (LEFT + RIGHT) / 2, bottom + 46, Svg.escaped(labels.xAxis()));
    }

    private void drawDot(Svg svg, Dot dot, int at) {
        svg.add(
                "<line class='whisker %s' x1='%.1f' y1='%d' x2='%.1f' y2='%d'/>",
                Svg.color(dot.color), xOf(dot.mean - dot.sd), at, xOf(dot.mean + dot.sd), at);
        svg.add("<circle class='dot %s' cx='%.1f' cy='%d' r='%d'/>", Svg.color(dot.color), xOf(dot.mean), at, RADIUS);
    }

    private String description() {
        StringBuilder description = new StringBuilder(labels.xAxis());
        for (Row row : rows) {
            for (Dot dot : row.dots) {
                description.append(String.format(
                        Locale.ROOT, "; %s, %s: %,.4g ± %.2g", row.name, colors.get(dot.color), dot.mean, dot.sd));
            }
        }
        return description.toString();
    }

    private double xOf(double number) {
        return LEFT + (RIGHT - LEFT) * x.fraction(number);
    }
}

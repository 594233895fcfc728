package io.streamq.cli.curve;

import io.streamq.cli.curve.LearningCurve.Point;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** Draws a learning curve as SVG: on a card of its own, light or dark as the reader's system is. */
final class CurveDrawing {
    private static final int WIDTH = 820;
    private static final int HEIGHT = 440;
    private static final int LEFT = 84;
    private static final int RIGHT = WIDTH - 44;
    private static final int TOP = 88;
    private static final int BOTTOM = HEIGHT - 64;
    private static final int TICKS = 5;
    /** Of the height, above the optimum for its label. */
    private static final double HEADROOM = 0.08;

    private static final String STYLE = """
            text { font-family: system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #59636e; \
            font-size: 13px }
            .title { font-size: 18px; font-weight: 600; fill: #1f2328 }
            .card { fill: #ffffff; stroke: #d1d9e0 }
            .grid { stroke: #e6eaef }
            .axis { stroke: #818b98 }
            .band { fill: #0969da; opacity: 0.18 }
            .mean { fill: none; stroke: #0969da; stroke-width: 2.25; stroke-linejoin: round }
            .optimum { stroke: #9a6700; stroke-width: 1.5; stroke-dasharray: 7 5 }
            .best { fill: #9a6700 }
            @media (prefers-color-scheme: dark) {
              text { fill: #9198a1 }
              .title { fill: #f0f6fc }
              .card { fill: #0d1117; stroke: #3d444d }
              .grid { stroke: #262c36 }
              .axis { stroke: #656c76 }
              .band { fill: #4493f8; opacity: 0.25 }
              .mean { stroke: #4493f8 }
              .optimum { stroke: #d29922 }
              .best { fill: #d29922 }
            }
            """;

    private final Labels labels;
    private final LearningCurve curve;
    private final double optimum;
    private final Axis x;
    private final Axis y;
    private final StringBuilder svg = new StringBuilder();

    /**
     * What stands beside the lines.
     *
     * @param seeds how many the curve is the mean of
     */
    record Labels(String title, String subtitle, String xAxis, String yAxis, int seeds) {}

    private CurveDrawing(Labels labels, LearningCurve curve, double optimum) {
        this.labels = labels;
        this.curve = curve;
        this.optimum = optimum;
        // The means give the scale downwards, and what the band has below it is cut off: where returns cannot be
        // negative, no room is given to negative ones.
        double least = Math.min(optimum, each(Point::mean).min().orElseThrow());
        double greatest =
                Math.max(optimum, each(point -> point.mean() + point.sd()).max().orElseThrow());
        this.x = Axis.upTo((double) curve.last().experiences(), TICKS);
        this.y = Axis.covering(least, Math.max(greatest, optimum + HEADROOM * (greatest - least)), TICKS);
    }

    private DoubleStream each(ToDoubleFunction<Point> number) {
        return curve.points().stream().mapToDouble(number);
    }

    /** The whole file. */
    static String svg(Labels labels, LearningCurve curve, double optimum) {
        return new CurveDrawing(labels, curve, optimum).draw();
    }

    private String draw() {
        line(
                "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' width='%d' height='%d' role='img'>",
                WIDTH, HEIGHT, WIDTH, HEIGHT);
        line("<title>%s</title>", escaped(labels.title()));
        line(
                "<desc>%s: %.4f after %,d experiences, mean of %d; the optimal policy has %.4f.</desc>",
                escaped(labels.yAxis()), curve.last().mean(), curve.last().experiences(), labels.seeds(), optimum);
        line("<style>%n%s</style>", STYLE);
        line("<rect class='card' x='0.5' y='0.5' width='%d' height='%d' rx='8'/>", WIDTH - 1, HEIGHT - 1);
        line("<text class='title' x='%d' y='36'>%s</text>", LEFT - 60, escaped(labels.title()));
        line("<text x='%d' y='60'>%s</text>", LEFT - 60, raisedExponents(escaped(labels.subtitle())));
        drawAxes();
        drawOptimum();
        line(
                "<clipPath id='plot'><rect x='%d' y='%d' width='%d' height='%d'/></clipPath>",
                LEFT, TOP, RIGHT - LEFT, BOTTOM - TOP);
        line("<polygon class='band' clip-path='url(#plot)' points='%s'/>", bandCorners());
        line("<polyline class='mean' points='%s'/>", corners(curve.points(), Point::mean));
        drawLegend();
        line("</svg>");
        return svg.toString();
    }

    private void drawAxes() {
        for (int tick = 0; tick < y.ticks(); tick++) {
            double at = yOf(y.tick(tick));
            line("<line class='grid' x1='%d' y1='%.1f' x2='%d' y2='%.1f'/>", LEFT, at, RIGHT, at);
            line("<text x='%d' y='%.1f' text-anchor='end'>%s</text>", LEFT - 10, at + 4.5, y.label(tick));
        }
        for (int tick = 0; tick < x.ticks(); tick++) {
            double at = xOf(x.tick(tick));
            line("<line class='axis' x1='%.1f' y1='%d' x2='%.1f' y2='%d'/>", at, BOTTOM, at, BOTTOM + 5);
            line("<text x='%.1f' y='%d' text-anchor='middle'>%s</text>", at, BOTTOM + 22, x.label(tick));
        }
        line("<line class='axis' x1='%d' y1='%d' x2='%d' y2='%d'/>", LEFT, BOTTOM, RIGHT, BOTTOM);
        line(
                "<text x='%d' y='%d' text-anchor='middle'>%s</text>",
                (LEFT + RIGHT) / 2, BOTTOM + 46, escaped(labels.xAxis()));
        line(
                "<text transform='translate(26 %d) rotate(-90)' text-anchor='middle'>%s</text>",
                (TOP + BOTTOM) / 2, escaped(labels.yAxis()));
    }

    private void drawOptimum() {
        double at = yOf(optimum);
        line("<line class='optimum' x1='%d' y1='%.1f' x2='%d' y2='%.1f'/>", LEFT, at, RIGHT, at);
        line("<text class='best' x='%d' y='%.1f' text-anchor='end'>optimal policy %.4f</text>", RIGHT, at - 8, optimum);
    }

    /** Where curves that rise to an optimum leave room. */
    private void drawLegend() {
        int left = RIGHT - 216;
        int top = BOTTOM - 62;
        line("<rect class='card' x='%d' y='%d' width='204' height='52' rx='6'/>", left, top);
        line("<polyline class='mean' points='%d,%d %d,%d'/>", left + 12, top + 17, left + 40, top + 17);
        String mean = labels.seeds() == 1 ? "one seed" : "mean of " + labels.seeds() + " seeds";
        line("<text x='%d' y='%d'>%s</text>", left + 50, top + 21, mean);
        line("<rect class='band' x='%d' y='%d' width='28' height='12'/>", left + 12, top + 30);
        line("<text x='%d' y='%d'>± standard deviation</text>", left + 50, top + 41);
    }

    private String bandCorners() {
        List<Point> backwards = new ArrayList<>(curve.points());
        Collections.reverse(backwards);
        return corners(curve.points(), point -> point.mean() + point.sd())
                + ' '
                + corners(backwards, point -> point.mean() - point.sd());
    }

    private String corners(List<Point> points, ToDoubleFunction<Point> value) {
        StringBuilder corners = new StringBuilder();
        for (Point point : points) {
            corners.append(corners.isEmpty() ? "" : " ")
                    .append(String.format(
                            Locale.ROOT,
                            "%.1f,%.1f",
                            xOf((double) point.experiences()),
                            yOf(value.applyAsDouble(point))));
        }
        return corners.toString();
    }

    private double xOf(double experiences) {
        return LEFT + (RIGHT - LEFT) * x.fraction(experiences);
    }

    private double yOf(double value) {
        return BOTTOM - (BOTTOM - TOP) * y.fraction(value);
    }

    /** A line of the file; attributes are written in single quotes, which XML takes as well as double ones. */
    private void line(String format, Object... arguments) {
        svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    /** {@code n^-0.7} as it is printed in books. */
    private static String raisedExponents(String text) {
        return text.replaceAll(
                "\\^-([0-9.]*[0-9])", "<tspan dy='-5' font-size='10'>−$1</tspan><tspan dy='5'>\u200b</tspan>");
    }
}

package io.streamq.cli.chart;

import java.util.Locale;

/** Builds a picture: a card with a title, and lines of SVG. Light or dark as the reader's system is. */
final class Svg {
    static final int WIDTH = 860;

    /** More lines than this look alike. */
    static final int COLORS = 7;

    private static final String[] LIGHT = {"#0969da", "#bc4c00", "#1a7f37", "#8250df", "#bf3989", "#57606a", "#9a6700"};
    private static final String[] DARK = {"#4493f8", "#db6d28", "#3fb950", "#a371f7", "#db61a2", "#9198a1", "#d29922"};
    /** So that lines differ without color too. */
    private static final String[] DASHES = {"none", "8 3", "3 3", "10 3 2 3", "5 2", "2 2", "12 4"};

    private static final String STYLE = """
            text { font-family: system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #59636e; \
            font-size: 13px }
            .title { font-size: 18px; font-weight: 600; fill: #1f2328 }
            .card { fill: #ffffff; stroke: #d1d9e0 }
            .grid { stroke: #e6eaef }
            .axis { stroke: #818b98 }
            .band { opacity: 0.16 }
            .line, .whisker { fill: none; stroke-width: 2.25; stroke-linejoin: round }
            .reference { stroke: #818b98; stroke-width: 1.5; stroke-dasharray: 7 5 }
            """;
    private static final String DARK_STYLE = """
            text { fill: #9198a1 }
            .title { fill: #f0f6fc }
            .card { fill: #0d1117; stroke: #3d444d }
            .grid { stroke: #262c36 }
            .axis, .reference { stroke: #656c76 }
            .band { opacity: 0.24 }
            """;

    private final StringBuilder text = new StringBuilder();

    Svg(int height, Labels labels, String description) {
        add(
                "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' width='%d' height='%d' role='img'>",
                WIDTH, height, WIDTH, height);
        add("<title>%s</title>", escaped(labels.title()));
        add("<desc>%s</desc>", escaped(description));
        add("<style>");
        add("%s%s%s", STYLE, colors(LIGHT), dashes());
        add("@media (prefers-color-scheme: dark) {%n%s%s}", DARK_STYLE, colors(DARK));
        add("</style>");
        add("<rect class='card' x='0.5' y='0.5' width='%d' height='%d' rx='8'/>", WIDTH - 1, height - 1);
        add("<text class='title' x='24' y='36'>%s</text>", escaped(labels.title()));
        add("<text x='24' y='60'>%s</text>", raisedExponents(escaped(labels.subtitle())));
    }

    private static String colors(String[] palette) {
        StringBuilder rules = new StringBuilder();
        for (int i = 0; i < COLORS; i++) {
            String color = color(i);
            rules.append(String.format(
                    ".%s.line, .%s.whisker { stroke: %s } .%s.band, .%s.dot { fill: %s }%n",
                    color, color, palette[i], color, color, palette[i]));
        }
        return rules.toString();
    }

    private static String dashes() {
        StringBuilder rules = new StringBuilder();
        for (int i = 0; i < COLORS; i++) {
            rules.append(String.format(".%s.line { stroke-dasharray: %s }%n", color(i), DASHES[i]));
        }
        return rules.toString();
    }

    /** A line of the file; attributes are in single quotes, which XML allows. */
    void add(String format, Object... arguments) {
        text.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }

    /** The whole file. */
    String finished() {
        add("</svg>");
        return text.toString();
    }

    static String color(int index) {
        return "c" + index % COLORS;
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    /** Typesets {@code n^-0.7} with a raised exponent. */
    static String raisedExponents(String text) {
        return text.replaceAll(
                "\\^-([0-9.]*[0-9])", "<tspan dy='-5' font-size='10'>−$1</tspan><tspan dy='5'>\u200b</tspan>");
    }
}

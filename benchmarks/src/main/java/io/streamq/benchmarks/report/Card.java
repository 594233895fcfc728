package io.streamq.benchmarks.report;

import java.util.Locale;

/** An SVG drawing on its own card, light or dark as the reader's system is. */
final class Card {
    static final int WIDTH = 820;
    static final int MARGIN = 24;

    /** Colours for this many series. */
    static final int COLOURS = 6;

    private static final String STYLE = """
        text { font-family: system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #59636e; \
        font-size: 13px }
        .title { font-size: 18px; font-weight: 600; fill: #1f2328 }
        .name { fill: #1f2328 }
        .foot { font-size: 11px }
        .card { fill: #ffffff; stroke: #d1d9e0 }
        .grid { stroke: #e6eaef }
        .axis { stroke: #818b98 }
        .spread { stroke: #1f2328; stroke-width: 1.5; fill: none }
        .curve { fill: none; stroke-width: 2.25; stroke-linejoin: round }
        .c0 { fill: #0969da; stroke: #0969da } .c1 { fill: #9a6700; stroke: #9a6700 }
        .c2 { fill: #1a7f37; stroke: #1a7f37 } .c3 { fill: #8250df; stroke: #8250df }
        .c4 { fill: #bf3989; stroke: #bf3989 } .c5 { fill: #57606a; stroke: #57606a }
        .curve { fill: none }
        @media (prefers-color-scheme: dark) {
          text { fill: #9198a1 }
          .title, .name { fill: #f0f6fc }
          .card { fill: #0d1117; stroke: #3d444d }
          .grid { stroke: #262c36 }
          .axis { stroke: #656c76 }
          .spread { stroke: #f0f6fc }
          .c0 { fill: #4493f8; stroke: #4493f8 } .c1 { fill: #d29922; stroke: #d29922 }
          .c2 { fill: #3fb950; stroke: #3fb950 } .c3 { fill: #ab7df8; stroke: #ab7df8 }
          .c4 { fill: #db61a2; stroke: #db61a2 } .c5 { fill: #9198a1; stroke: #9198a1 }
          .curve { fill: none }
        }
        """;

    private final StringBuilder svg = new StringBuilder();

    /**
     * Begins a drawing.
     *
     * @param subtitle what was measured, and with what settings
     * @param foot the machine it was measured on
     */
    Card(int height, String title, String subtitle, String foot) {
        line(
                "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' width='%d' height='%d' role='img'>",
                WIDTH, height, WIDTH, height);
        line("<title>%s</title>", escaped(title));
        line("<desc>%s. %s.</desc>", escaped(subtitle), escaped(foot));
        line("<style>%n%s</style>", STYLE);
        line("<rect class='card' x='0.5' y='0.5' width='%d' height='%d' rx='8'/>", WIDTH - 1, height - 1);
        text("title", MARGIN, 36, "start", title);
        text("", MARGIN, 60, "start", subtitle);
        text("foot", MARGIN, height - 14, "start", foot);
    }

    void text(String type, double x, double y, String anchor, String text) {
        line("<text class='%s' x='%.1f' y='%.1f' text-anchor='%s'>%s</text>", type, x, y, anchor, escaped(text));
    }

    void segment(String type, double x1, double y1, double x2, double y2) {
        line("<line class='%s' x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f'/>", type, x1, y1, x2, y2);
    }

    /** A line of the file; attributes are in single quotes, which XML allows. */
    void line(String format, Object... arguments) {
        svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }

    /** The whole file. */
    String done() {
        return svg + "</svg>\n";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}

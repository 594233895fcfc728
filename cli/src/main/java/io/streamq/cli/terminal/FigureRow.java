package io.streamq.cli.terminal;

/** A figure with its name before it and a remark after it, as a row of a panel. */
public record FigureRow(String label, String figure, String remark) {
    private static final int LABEL = 18;
    private static final int FIGURE = 10;

    /** The row as a terminal shows it. */
    public String on(Terminal terminal) {
        return "  " + label + " ".repeat(Math.max(1, LABEL - label.length()))
                + terminal.styled(Style.TITLE, " ".repeat(Math.max(0, FIGURE - figure.length())) + figure) + "   "
                + terminal.styled(Style.QUIET, remark);
    }
}

package io.streamq.cli.terminal;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;

/**
 * Where a command prints. Results go to {@link #out}, warnings and progress without a terminal to {@link #err}, so that a pipe
 * carries results only. The launcher passes what the shell knows: {@code streamq.terminal}, whether standard output is a
 * terminal; {@code streamq.columns} and {@code streamq.rows}, its size, 0 if unknown.
 */
public final class Terminal {
    private static final int DEFAULT_COLUMNS = 80;
    private static final ObjectMapper JSON =
            new ObjectMapper().setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);

    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean interactive;
    private final boolean colored;
    private final int columns;
    private final int rows;

    /** A terminal as the launcher and the environment describe it. Colors are off if {@code NO_COLOR} is set. */
    public static Terminal of(PrintWriter out, PrintWriter err) {
        boolean interactive = Boolean.getBoolean("streamq.terminal");
        String noColor = System.getenv("NO_COLOR");
        boolean colored = interactive && (noColor == null || noColor.isEmpty());
        int columns = Integer.getInteger("streamq.columns", DEFAULT_COLUMNS);
        int rows = Integer.getInteger("streamq.rows", 0);
        return new Terminal(
                out,
                err,
                interactive,
                colored,
                columns > 0 ? columns : DEFAULT_COLUMNS,
                rows > 0 ? rows : Integer.MAX_VALUE);
    }

    /** A terminal of unlimited height. */
    public Terminal(PrintWriter out, PrintWriter err, boolean interactive, boolean colored, int columns) {
        this(out, err, interactive, colored, columns, Integer.MAX_VALUE);
    }

    /**
     * A terminal with the given properties.
     *
     * @param interactive whether a user is watching, so that lines may be redrawn
     * @param columns characters per line
     * @param rows lines of the window
     */
    public Terminal(PrintWriter out, PrintWriter err, boolean interactive, boolean colored, int columns, int rows) {
        this.out = out;
        this.err = err;
        this.interactive = interactive;
        this.colored = colored;
        this.columns = columns;
        this.rows = rows;
    }

    public PrintWriter out() {
        return out;
    }

    public PrintWriter err() {
        return err;
    }

    public boolean isColored() {
        return colored;
    }

    /** Whether a user is watching, with lines of {@link #columns} characters. */
    public boolean isInteractive() {
        return interactive;
    }

    public int columns() {
        return columns;
    }

    public int rows() {
        return rows;
    }

    /** The text to print: styled where there are colors, else unchanged. */
    public String styled(Style style, String text) {
        return colored && !text.isEmpty() ? style.apply(text) : text;
    }

    /** A line of anybody's text, such as a state or what stands in a log: a control character in it must not steer the terminal. */
    public static String printable(String text) {
        return text.codePoints().noneMatch(Character::isISOControl)
                ? text
                : text.codePoints()
                        .map(point -> Character.isISOControl(point) ? '\uFFFD' : point)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
    }

    /** Prints a line of the result. */
    public void print(String line) {
        out.println(line);
        out.flush();
    }

    /** Prints a warning to standard error. */
    public void warn(String sentence) {
        err.println(styled(Style.WARNING, "streamq: warning: ") + sentence);
        err.flush();
    }

    /** Prints a table of the result. */
    public void print(Table table) {
        table.lines(this).forEach(out::println);
        out.flush();
    }

    /** Prints a record or a map as one line of JSON; what is null is left out. */
    public void printJson(Object result) {
        print(json(result));
    }

    /** A record or a map as one line of JSON; what is null is left out. */
    public String json(Object result) {
        try {
            return JSON.writeValueAsString(result);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("a result must be a record or a map of plain values: " + result, e);
        }
    }

    /** A panel redrawn in place; without a terminal, a line every few seconds on standard error. */
    public Live live() {
        return new Live(this, interactive);
    }

    /** Progress of a command whose standard output belongs to a program: lines on standard error, never a panel. */
    public Live liveBesideJson() {
        return new Live(this, false);
    }
}

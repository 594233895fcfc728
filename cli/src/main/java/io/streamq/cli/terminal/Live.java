package io.streamq.cli.terminal;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Progress as it happens. On a terminal a panel of lines is redrawn in place; elsewhere a plain line is printed every few
 * seconds. Drawing is rate-limited, so callers may show as often as they like; what is not drawn is not rendered.
 * Thread-safe.
 */
public final class Live implements AutoCloseable {
    private static final Duration FRAME = Duration.ofMillis(100);
    private static final Duration PLAIN_LINE = Duration.ofSeconds(5);

    private static final String NO_WRAP = "\u001b[?7l";
    private static final String WRAP = "\u001b[?7h";
    private static final String CLEAR_TO_END_OF_LINE = "\u001b[K";
    private static final String CLEAR_BELOW = "\u001b[J";

    private final Terminal terminal;
    private final boolean redraws;
    private final long intervalNanos;

    /** When something was last drawn; first so that a panel shows at once and a plain line only after its interval. */
    private long drawnAtNanos;

    /** The panel on the screen, empty if there is none. */
    private List<String> panel = List.of();

    private boolean closed;

    Live(Terminal terminal, boolean redraws) {
        this.terminal = terminal;
        this.redraws = redraws;
        this.intervalNanos = (redraws ? FRAME : PLAIN_LINE).toNanos();
        this.drawnAtNanos = System.nanoTime() - (redraws ? intervalNanos : 0);
    }

    /**
     * Shows the current state, if it is time to.
     *
     * @param lines the panel, one string a line, styled or not; what exceeds the window is cut off
     * @param plainLine the same on one line
     */
    public synchronized void show(Supplier<List<String>> lines, Supplier<String> plainLine) {
        long now = System.nanoTime();
        if (closed || now - drawnAtNanos < intervalNanos) {
            return;
        }
        drawnAtNanos = now;
        if (redraws) {
            redraw(cut(lines.get()));
        } else {
            printPlain(plainLine.get());
        }
    }

    /** Lines scrolled out at the top cannot be redrawn; the cursor needs a line too. */
    private List<String> cut(List<String> lines) {
        int room = Math.max(1, terminal.rows() - 1);
        if (lines.size() <= room) {
            return lines;
        }
        List<String> cut = new ArrayList<>(lines.subList(0, room - 1));
        String rest = "  ... and " + Quantities.count(lines.size() - cut.size(), "more line");
        cut.add(terminal.styled(Style.QUIET, rest));
        return cut;
    }

    /**
     * Draws the whole panel now, whatever the window's height, and leaves it: the last frame before {@link #close} must not be an
     * outdated one.
     */
    public synchronized void showLast(Supplier<List<String>> lines) {
        if (redraws && !closed) {
            redraw(lines.get());
        }
    }

    /** Prints a line that stays, above the panel. */
    public synchronized void printAbove(String line) {
        if (redraws) {
            PrintWriter out = terminal.out();
            out.print(toPanelStart() + CLEAR_BELOW + line + System.lineSeparator());
            List<String> lines = panel;
            panel = List.of();
            redraw(lines);
        } else {
            printPlain(line);
        }
    }

    /** Removes the panel without a trace. */
    public synchronized void erase() {
        if (redraws && !panel.isEmpty()) {
            terminal.out().print(toPanelStart() + CLEAR_BELOW);
            terminal.out().flush();
            panel = List.of();
        }
    }

    /** Leaves the panel where it is; what is printed next follows below. */
    @Override
    public synchronized void close() {
        closed = true;
    }

    /** One write per frame, each line cleared only after its text: no flicker. The cursor ends below the panel. */
    private void redraw(List<String> lines) {
        StringBuilder frame = new StringBuilder(NO_WRAP).append(toPanelStart());
        lines.forEach(line -> frame.append(line).append(CLEAR_TO_END_OF_LINE).append(System.lineSeparator()));
        frame.append(lines.size() < panel.size() ? CLEAR_BELOW : "").append(WRAP);
        terminal.out().print(frame);
        terminal.out().flush();
        panel = lines;
    }

    private String toPanelStart() {
        return panel.isEmpty() ? "" : "\r\u001b[" + panel.size() + "A";
    }

    private void printPlain(String line) {
        terminal.err().println(line);
        terminal.err().flush();
    }
}

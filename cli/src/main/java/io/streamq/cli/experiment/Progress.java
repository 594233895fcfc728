package io.streamq.cli.experiment;

import io.streamq.cli.terminal.Live;
import io.streamq.cli.terminal.ProgressBar;
import io.streamq.cli.terminal.Quantities;
import io.streamq.cli.terminal.Style;
import io.streamq.cli.terminal.Terminal;
import java.util.List;

/** Progress of an experiment: parts that take about equally long, and how much of the current one is done. */
final class Progress {
    private final Terminal terminal;
    private final Live live;
    private final String experiment;
    private int parts = 1;
    private int begun;
    private String part = "";

    Progress(Terminal terminal, Live live, String experiment) {
        this.terminal = terminal;
        this.live = live;
        this.experiment = experiment;
    }

    /** How many parts there will be. */
    void expect(int newParts) {
        parts = newParts;
    }

    /** Begins the next part. */
    void begin(String newPart) {
        begun++;
        part = newPart;
        done(0, 1);
    }

    /** Reports how much of the current part is done. */
    void done(long done, long all) {
        double fraction = (begun - 1 + Math.min(1, (double) done / all)) / parts;
        live.show(() -> panel(fraction), () -> experiment + "  " + Quantities.percent(fraction) + "  " + part);
    }

    private List<String> panel(double fraction) {
        int width = Math.max(10, Math.min(40, terminal.columns() - 50));
        return List.of("  " + terminal.styled(Style.ACCENT, ProgressBar.of(fraction, width)) + "  " + experiment
                + terminal.styled(Style.QUIET, "  " + part));
    }
}

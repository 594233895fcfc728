package io.streamq.cli.demo;

import io.streamq.cli.stage.RecentReturns;
import io.streamq.cli.terminal.FigureRow;
import io.streamq.cli.terminal.ProgressBar;
import io.streamq.cli.terminal.Quantities;
import io.streamq.cli.terminal.Style;
import io.streamq.cli.terminal.Terminal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Shows a demo while it runs. */
final class DemoPanel {
    private final Terminal terminal;
    private final @Nullable RecentReturns returns;

    /**
     * The state at one moment.
     *
     * @param limit experiences after which it ends in any case
     * @param states rows on the policy topic
     */
    record Reading(
            long experiences,
            double perSecond,
            long limit,
            long policyMessages,
            long deadLetters,
            int states,
            Scoreboard.@Nullable Score score) {
        /** Progress towards the optimum, or the end of the log, in [0, 1]. */
        double progress() {
            return score == null ? (double) experiences / limit : score.shareOfMattering();
        }
    }

    /** @param returns {@code null} without agents */
    DemoPanel(Terminal terminal, @Nullable RecentReturns returns) {
        this.terminal = terminal;
        this.returns = returns;
    }

    List<String> lines(Reading now) {
        List<String> lines = new ArrayList<>();
        int width = Math.max(10, Math.min(40, terminal.columns() - 40));
        Scoreboard.Score score = now.score();
        lines.add("  " + terminal.styled(Style.ACCENT, ProgressBar.of(now.progress(), width)) + "  "
                + (score == null
                        ? Quantities.percent(now.progress()) + " of the log"
                        : score.matteringOptimal() + " of " + score.mattering() + " states that matter"));
        lines.add("");
        lines.add(row("experiences", Quantities.count(now.experiences()), Quantities.rate(now.perSecond())));
        if (returns != null) {
            lines.add(returns.row().on(terminal));
        }
        if (score != null) {
            lines.add(row(
                    "greedy optimal",
                    Quantities.percent(score.shareOfVisited()),
                    score.visitedOptimal() + " of " + Quantities.count(score.visited(), "visited state")));
        }
        lines.add(row(
                "policy messages",
                Quantities.count(now.policyMessages()),
                Quantities.count(now.states(), "state")
                        + (now.deadLetters() == 0 ? "" : ", " + Quantities.count(now.deadLetters(), "dead letter"))));
        return lines;
    }

    private String row(String label, String figure, String remark) {
        return new FigureRow(label, figure, remark).on(terminal);
    }

    /** The same on one line, for a log. */
    String line(Reading now) {
        StringBuilder line = new StringBuilder(Quantities.count(now.experiences(), "experience"))
                .append("  ")
                .append(Quantities.rate(now.perSecond()));
        if (returns != null) {
            line.append(returns.phrase());
        }
        Scoreboard.Score score = now.score();
        if (score != null) {
            line.append("  optimal in ")
                    .append(Quantities.percent(score.shareOfVisited()))
                    .append(" of ")
                    .append(Quantities.count(score.visited(), "visited state"));
        }
        return line.append("  ")
                .append(Quantities.count(now.policyMessages(), "policy message"))
                .toString();
    }
}

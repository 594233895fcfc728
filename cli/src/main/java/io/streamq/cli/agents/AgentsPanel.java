package io.streamq.cli.agents;

import io.streamq.agent.PolicyView;
import io.streamq.cli.job.Throughput;
import io.streamq.cli.stage.AgentFeed;
import io.streamq.cli.stage.RecentReturns;
import io.streamq.cli.terminal.FigureRow;
import io.streamq.cli.terminal.ProgressBar;
import io.streamq.cli.terminal.Quantities;
import io.streamq.cli.terminal.Style;
import io.streamq.cli.terminal.Terminal;
import java.util.ArrayList;
import java.util.List;

/** Shows agents while they run. */
final class AgentsPanel {
    private final Terminal terminal;
    private final AgentFeed feed;
    private final RecentReturns returns;
    private final PolicyView policy;
    private final Throughput throughput = new Throughput();

    private double perSecond;

    AgentsPanel(Terminal terminal, AgentFeed feed, RecentReturns returns, PolicyView policy) {
        this.terminal = terminal;
        this.feed = feed;
        this.returns = returns;
        this.policy = policy;
    }

    /** Measures the rate over the last seconds. */
    void measure() {
        perSecond = throughput.perSecond(feed.published());
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        if (feed.isLimited()) {
            int width = Math.max(10, Math.min(40, terminal.columns() - 40));
            double progress = (double) feed.published() / feed.limit();
            lines.add("  " + terminal.styled(Style.ACCENT, ProgressBar.of(progress, width)) + "  "
                    + Quantities.percent(progress) + " of " + Quantities.count(feed.limit()));
            lines.add("");
        }
        lines.add(new FigureRow("experiences", Quantities.count(feed.published()), rate()).on(terminal));
        lines.add(returns.row().on(terminal));
        lines.add(new FigureRow(
                        "policy updates",
                        Quantities.count(policy.updatesReceived()),
                        Quantities.count(policy.size(), "state"))
                .on(terminal));
        return lines;
    }

    /** The same on one line, for a log. */
    String line() {
        return Quantities.count(feed.published(), "experience") + "  " + rate() + returns.phrase() + "  "
                + Quantities.count(policy.updatesReceived(), "policy update");
    }

    private String rate() {
        return Quantities.rate(perSecond)
                + (perSecond == 0 && feed.waiting() > 0
                        ? ", " + Quantities.count(feed.waiting()) + " wait for Kafka to come back"
                        : "");
    }
}

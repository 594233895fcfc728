package io.streamq.cli.stage;

import io.streamq.cli.terminal.FigureRow;
import io.streamq.cli.terminal.Quantities;
import io.streamq.simulation.Episode;
import io.streamq.simulation.EpisodeListener;

/** The mean return of all agents' last episodes, and its limit once the greedy policy is optimal. Thread-safe. */
public final class RecentReturns implements EpisodeListener {
    private static final int WINDOW = 1_000;

    private final double best;
    private final double[] returns = new double[WINDOW];
    private long episodes;
    private double sum;

    /** @param best the limit of the mean once the greedy policy is optimal, with the agents still exploring */
    public RecentReturns(double best) {
        this.best = best;
    }

    @Override
    public synchronized void finished(Episode episode) {
        int at = (int) (episodes % WINDOW);
        sum += episode.totalReward() - returns[at];
        returns[at] = episode.totalReward();
        episodes++;
    }

    /** Episodes in the mean. */
    public synchronized int counted() {
        return (int) Math.min(episodes, WINDOW);
    }

    /** NaN before the first episode. */
    public synchronized double mean() {
        return counted() == 0 ? Double.NaN : sum / counted();
    }

    /** The limit of the mean once the greedy policy is optimal; not the most that exploring agents could earn. */
    public double best() {
        return best;
    }

    /** For a panel. */
    public FigureRow row() {
        return new FigureRow(
                "mean return",
                counted() == 0 ? "-" : Quantities.value(mean()),
                "last " + Quantities.count(counted(), "episode") + "; " + Quantities.value(best) + " once optimal");
    }

    /** For a line, with two spaces before it; empty before the first episode. */
    public String phrase() {
        return counted() == 0
                ? ""
                : "  mean return " + Quantities.value(mean()) + " (" + Quantities.value(best) + " once optimal)";
    }
}

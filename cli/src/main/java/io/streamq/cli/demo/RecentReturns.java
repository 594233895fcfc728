package io.streamq.cli.demo;

import io.streamq.simulation.Episode;
import io.streamq.simulation.EpisodeListener;

/** The mean return of the last episodes of all agents. Safe for use by several threads. */
final class RecentReturns implements EpisodeListener {
    private final double[] returns;
    private long episodes;
    private double sum;

    /** @param window how many episodes count */
    RecentReturns(int window) {
        this.returns = new double[window];
    }

    @Override
    public synchronized void finished(Episode episode) {
        int at = (int) (episodes % returns.length);
        sum += episode.totalReward() - returns[at];
        returns[at] = episode.totalReward();
        episodes++;
    }

    /** Episodes that the mean is of. */
    synchronized int counted() {
        return (int) Math.min(episodes, returns.length);
    }

    /** NaN before the first episode. */
    synchronized double mean() {
        return counted() == 0 ? Double.NaN : sum / counted();
    }
}

package io.streamq.simulation;

/** Hears of every episode an agent finished, on the agent's own thread. */
@FunctionalInterface
public interface EpisodeListener {
    void finished(Episode episode);
}

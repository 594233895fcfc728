package io.streamq.simulation;

/** Is told of every episode an agent finishes, on the agent's own thread. */
@FunctionalInterface
public interface EpisodeListener {
    void finished(Episode episode);
}

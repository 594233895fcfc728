package io.streamq.cli.experiment;

import java.io.IOException;

/** A question that is answered by a measurement. */
interface Experiment {
    /** Kebab-case; names the files too. */
    String name();

    /** What one wants to know. */
    String question();

    /** Experiences of each seed, if nobody says. */
    long experiences();

    /** The most experiences of each seed that it can count. */
    default long mostExperiences() {
        return Long.MAX_VALUE;
    }

    /** Measures. */
    Findings run(Conditions conditions, Progress progress) throws IOException, InterruptedException;

    /**
     * How long to measure.
     *
     * @param seeds how often, at least 1; the first seed is 1
     * @param experiences of each seed
     */
    record Conditions(int seeds, long experiences) {}
}

package io.streamq.cli.experiment;

import java.io.IOException;

/** A question answered by a measurement. */
interface Experiment {
    /** Kebab-case; names the files too. */
    String name();

    /** The question. */
    String question();

    /** Experiences of each seed by default. */
    long experiences();

    /** The most experiences per seed that it can count. */
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

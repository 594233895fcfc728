package io.streamq.benchmarks.contest;

import io.streamq.benchmarks.workload.Lap;
import io.streamq.benchmarks.workload.Visits;

/** Learns from all of a topic. */
interface Contestant {
    String name();

    /** Learns once from everything on the topic. */
    Run run(Stadium stadium) throws Exception;

    /**
     * The result of a run.
     *
     * @param visits counted by its final table
     */
    record Run(Lap lap, Visits visits) {}
}

package io.streamq.benchmarks.contest;

import io.streamq.benchmarks.workload.Lap;
import io.streamq.benchmarks.workload.Visits;

/** Something that learns from all of a topic. */
interface Contestant {
    String name();

    /** Learns from what the topic holds, once. */
    Run run(Stadium stadium) throws Exception;

    /**
     * What came of it.
     *
     * @param visits that its table counts in the end
     */
    record Run(Lap lap, Visits visits) {}
}

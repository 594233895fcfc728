package io.streamq.benchmarks;

/** Something that learns from all of a topic. */
interface Contestant {
    String name();

    /** Learns from what the topic holds, once. */
    Run run(Stadium stadium) throws Exception;

    /**
     * What came of it.
     *
     * @param experiences learnt in the measured part, which begins when a tenth of them is done: starting up is not throughput
     * @param nanos the measured part took
     */
    record Run(long experiences, long nanos) {
        double perSecond() {
            return experiences * 1e9 / nanos;
        }
    }
}

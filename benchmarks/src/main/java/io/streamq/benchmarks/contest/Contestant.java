package io.streamq.benchmarks.contest;

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

    /**
     * The measured part, which begins when a tenth of the experiences are learnt: starting up is not throughput.
     *
     * @param experiences learnt in it
     */
    record Lap(long experiences, long nanos) {
        double perSecond() {
            return experiences * 1e9 / nanos;
        }
    }
}

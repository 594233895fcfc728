package io.streamq.benchmarks.contest;

import io.streamq.cli.program.CommandFailure;

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
        /** @throws CommandFailure if nothing was learnt in it, as all was when it began */
        double perSecond() {
            if (experiences <= 0 || nanos <= 0) {
                throw new CommandFailure(
                        "too few experiences to be timed: a run must last while it is looked at, and all were"
                                + " learnt between two looks; raise --experiences");
            }
            return experiences * 1e9 / nanos;
        }
    }
}

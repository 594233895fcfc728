package io.streamq.benchmarks.workload;

import io.streamq.cli.program.CommandFailure;

/**
 * The measured part, which begins when a tenth of the experiences are learnt: starting up is not throughput.
 *
 * @param experiences learnt in it
 */
public record Lap(long experiences, long nanos) {
    /**
     * Experiences in a second.
     *
     * @throws CommandFailure if nothing was learnt in it, as all was when it began
     */
    public double perSecond() {
        if (experiences <= 0 || nanos <= 0) {
            throw new CommandFailure(
                    "too few experiences to be timed: a run must last while it is looked at, and all were"
                            + " learnt between two looks; raise --experiences");
        }
        return experiences * 1e9 / nanos;
    }
}

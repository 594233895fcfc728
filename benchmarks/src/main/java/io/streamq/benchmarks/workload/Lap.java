package io.streamq.benchmarks.workload;

import io.streamq.cli.program.CommandFailure;

/**
 * The measured part of a run, which begins once its skipped part is learnt: starting up is not throughput.
 *
 * @param experiences learnt in it
 */
public record Lap(long experiences, long nanos) {
    /**
     * Experiences per second.
     *
     * @throws CommandFailure if nothing was learnt in it, because all had been learnt before
     */
    public double perSecond() {
        if (experiences <= 0 || nanos <= 0) {
            throw new CommandFailure(
                    "too few experiences to be timed: a run must last longer than a polling interval, and all"
                            + " were learnt within one; raise --experiences");
        }
        return experiences * 1e9 / nanos;
    }
}

package io.streamq.benchmarks.processes;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Waits for the end of processes that were asked to end. */
public final class LastMoments {
    private LastMoments() {}

    /** Waits for its end, and kills it if that takes too long; also on an interrupted thread, which stays interrupted. */
    public static void await(Process process, Duration patience) {
        // An interrupted thread cannot wait for processes to end, and they must.
        boolean interrupted = Thread.interrupted();
        try {
            boolean unused = process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        process.destroyForcibly();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.streamq.benchmarks.processes;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** How a process ends that was asked to. */
public final class LastMoments {
    private LastMoments() {}

    /** Waits for its end, and destroys it if that does not come in time; on an interrupted thread, too, which stays interrupted. */
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

package io.streamq.benchmarks.workload;

import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.terminal.Quantities;
import java.time.Duration;

/** Times a count. */
public final class Stopwatch {
    private static final int POLL_MILLIS = 2;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** What is counted. */
    public interface Count {
        /** The count by now; fails if it can no longer grow. */
        long now() throws InterruptedException;
    }

    private Stopwatch() {}

    /**
     * Waits until the count reaches {@code total}, and times all after the first {@code skipped}.
     *
     * @throws CommandFailure if it stands still for minutes
     */
    public static Lap time(Count count, long skipped, long total) throws InterruptedException {
        long first = await(count, skipped);
        long start = System.nanoTime();
        long last = await(count, total);
        return new Lap(last - first, System.nanoTime() - start);
    }

    /**
     * Waits until a count is reached.
     *
     * @return the count then
     * @throws CommandFailure if it stands still for minutes
     */
    public static long await(Count count, long target) throws InterruptedException {
        long reached = count.now();
        long movedAt = System.nanoTime();
        while (reached < target) {
            Thread.sleep(POLL_MILLIS);
            long before = reached;
            reached = count.now();
            long now = System.nanoTime();
            if (reached != before) {
                movedAt = now;
            } else if (now - movedAt > PATIENCE.toNanos()) {
                throw new CommandFailure(Quantities.count(reached, "experience") + " of " + Quantities.count(target)
                        + " were learnt, and no more for " + PATIENCE.toMinutes()
                        + " minutes; --log-file FILE shows what Kafka says, and Flink unless it runs on"
                        + " --taskmanagers");
            }
        }
        return reached;
    }
}

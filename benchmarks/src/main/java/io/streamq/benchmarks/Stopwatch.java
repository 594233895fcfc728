package io.streamq.benchmarks;

import java.util.function.LongSupplier;

/** Times the last nine tenths of a count. */
final class Stopwatch {
    private static final int POLL_MILLIS = 2;

    private Stopwatch() {}

    /** Waits until the count reaches {@code total}. */
    static Contestant.Run time(LongSupplier count, long total) throws InterruptedException {
        long first = await(count, total / 10);
        long start = System.nanoTime();
        long last = await(count, total);
        return new Contestant.Run(last - first, System.nanoTime() - start);
    }

    private static long await(LongSupplier count, long target) throws InterruptedException {
        long reached = count.getAsLong();
        while (reached < target) {
            Thread.sleep(POLL_MILLIS);
            reached = count.getAsLong();
        }
        return reached;
    }
}

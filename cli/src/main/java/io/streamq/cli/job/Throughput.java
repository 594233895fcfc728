package io.streamq.cli.job;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/** The rate of a count over its last few seconds. */
public final class Throughput {
    private static final long WINDOW_NANOS = 3_000_000_000L;

    private record Reading(long count, long atNanos) {}

    private final Deque<Reading> readings = new ArrayDeque<>();
    private final LongSupplier nanoClock;

    public Throughput() {
        this(System::nanoTime);
    }

    Throughput(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /**
     * Takes a reading of the count and returns its growth per second; 0 for the first reading, and when the count was reset by a restart of
     * the job.
     */
    public double perSecond(long count) {
        long now = nanoClock.getAsLong();
        if (!readings.isEmpty() && count < readings.getLast().count) {
            readings.clear();
        }
        readings.addLast(new Reading(count, now));
        while (readings.size() > 2 && now - readings.getFirst().atNanos > WINDOW_NANOS) {
            readings.removeFirst();
        }
        Reading first = readings.getFirst();
        return first.atNanos == now ? 0 : (count - first.count) * 1e9 / (now - first.atNanos);
    }
}

package io.streamq.simulation;

import java.util.concurrent.TimeUnit;

/** Keeps a thread to a steady rate. It catches up on a lag of up to a second and forgoes the rest. */
final class Pace {
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** 0 for no limit. */
    private final long intervalNanos;

    private long dueNanos = System.nanoTime();

    private Pace(long intervalNanos) {
        this.intervalNanos = intervalNanos;
    }

    static Pace unlimited() {
        return new Pace(0);
    }

    static Pace perSecond(double steps) {
        if (!(steps > 0)) {
            throw new IllegalArgumentException("steps per second must be above 0: got " + steps);
        }
        return new Pace((long) (SECOND_NANOS / steps));
    }

    /** Waits until the next step is due. */
    void await() throws InterruptedException {
        if (intervalNanos == 0) {
            return;
        }
        long now = System.nanoTime();
        if (dueNanos > now) {
            TimeUnit.NANOSECONDS.sleep(dueNanos - now);
        }
        dueNanos = Math.max(dueNanos, now - SECOND_NANOS) + intervalNanos;
    }
}

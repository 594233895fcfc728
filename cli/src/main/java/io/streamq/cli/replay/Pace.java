package io.streamq.cli.replay;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Limits a loop to a number of turns per second. It catches up on delays, but by no more than a second. */
final class Pace {
    private static final long MOST_DEBT_NANOS = Duration.ofSeconds(1).toNanos();
    /** The shortest wait worth its cost: shorter ones add up to a later, longer one. */
    private static final long LEAST_WAIT_NANOS = Duration.ofMillis(1).toNanos();

    private final long nanosPerTurn;
    private long nextTurnNanos;

    /** A pace of {@code perSecond} turns a second. */
    Pace(double perSecond, long nowNanos) {
        this.nanosPerTurn = Math.round(1e9 / perSecond);
        this.nextTurnNanos = nowNanos;
    }

    /** Takes a turn and returns how long to wait before it, in nanoseconds, 0 if it is due. */
    long nanosToWait(long nowNanos) {
        nextTurnNanos = Math.max(nextTurnNanos, nowNanos - MOST_DEBT_NANOS);
        long wait = nextTurnNanos - nowNanos;
        nextTurnNanos += nanosPerTurn;
        return wait < LEAST_WAIT_NANOS ? 0 : wait;
    }

    void awaitTurn() throws InterruptedException {
        long wait = nanosToWait(System.nanoTime());
        if (wait > 0) {
            TimeUnit.NANOSECONDS.sleep(wait);
        }
    }
}

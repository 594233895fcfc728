package io.streamq.job.learn;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;
import org.apache.flink.util.clock.Clock;

/** A clock that somebody may correct: timers still fire after as long as they were to wait, as Flink's do. */
final class WallClock implements ProcessingTimeService {
    private final ProcessingTimeService running;
    private long correctionMillis;

    WallClock(ProcessingTimeService running) {
        this.running = running;
    }

    /** Sets the clock on, or back by a negative number. */
    void correct(long millis) {
        correctionMillis += millis;
    }

    @Override
    public long getCurrentProcessingTime() {
        return running.getCurrentProcessingTime() + correctionMillis;
    }

    @Override
    public ScheduledFuture<?> registerTimer(long timestamp, ProcessingTimeCallback target) {
        return running.registerTimer(timestamp - correctionMillis, any -> target.onProcessingTime(timestamp));
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(ProcessingTimeCallback callback, long initialDelay, long period) {
        return running.scheduleAtFixedRate(callback, initialDelay, period);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(ProcessingTimeCallback callback, long initialDelay, long period) {
        return running.scheduleWithFixedDelay(callback, initialDelay, period);
    }

    @Override
    public Clock getClock() {
        return running.getClock();
    }

    @Override
    public CompletableFuture<Void> quiesce() {
        return running.quiesce();
    }
}

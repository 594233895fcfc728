package io.streamq.cli.stage;

import io.streamq.agent.ExperienceSink;
import io.streamq.schemas.Experience;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Keeps agents from running ahead of the job, as the world keeps real ones: so they act on what was learnt from nearly all their
 * earlier steps. Thread-safe, for several agents together.
 */
public final class ClosedLoop implements ExperienceSink {
    private final ExperienceSink sink;
    private final LongSupplier learnt;
    private final long most;
    private final AtomicLong published = new AtomicLong();
    /** The last answer of {@link #learnt}: asking each time would be expensive. */
    private volatile long lastLearnt;

    /**
     * @param learnt experiences that the job has processed
     * @param most experiences that may be in flight, at least 1
     */
    public ClosedLoop(ExperienceSink sink, LongSupplier learnt, long most) {
        if (most < 1) {
            throw new IllegalArgumentException("one experience at least must be allowed on the way: got " + most);
        }
        this.sink = sink;
        this.learnt = learnt;
        this.most = most;
    }

    @Override
    public void publish(Experience experience) throws InterruptedException {
        long before = published.getAndIncrement();
        while (before - lastLearnt >= most) {
            lastLearnt = learnt.getAsLong();
            if (before - lastLearnt >= most) {
                Thread.sleep(1);
            }
        }
        sink.publish(experience);
    }
}

package io.streamq.benchmarks.contest;

import java.nio.file.Path;
import java.util.List;

/** Where Flink's jobs run. */
interface FlinkHost extends AutoCloseable {
    /** Starts a job. */
    Task start(FlinkJob job) throws Exception;

    /** The processes that the jobs run in. */
    List<Long> processes();

    @Override
    void close();

    /** A running job. Confined to one thread. */
    interface Task extends AutoCloseable {
        /** Experiences applied, as far as is cheaply known; fails if the job has ended. */
        long applied() throws InterruptedException;

        /** Experiences applied by now, whatever the cost of asking. */
        long appliedNow() throws InterruptedException;

        /** Writes a savepoint in canonical format. */
        Path savepoint() throws InterruptedException;

        /** Stops the job. */
        @Override
        void close() throws InterruptedException;
    }
}

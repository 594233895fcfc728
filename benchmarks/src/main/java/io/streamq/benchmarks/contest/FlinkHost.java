package io.streamq.benchmarks.contest;

import java.nio.file.Path;

/** Where Flink's jobs run. */
interface FlinkHost extends AutoCloseable {
    /** Starts a job. */
    Task start(FlinkJob job) throws Exception;

    @Override
    void close();

    /** A job that runs. */
    interface Task extends AutoCloseable {
        /** Experiences applied; fails if the job has ended. */
        long applied() throws InterruptedException;

        /** Writes a savepoint in canonical format. */
        Path savepoint() throws InterruptedException;

        /** Ends the job. */
        @Override
        void close() throws InterruptedException;
    }
}

package io.streamq.benchmarks.contest;

import io.streamq.cli.job.LocalJob;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Flink in this JVM, a MiniCluster for each job. */
record FlinkHere(Setting setting, Path work) implements FlinkHost {
    private static final int POLLS_BETWEEN_LOOKS = 256;

    @Override
    public Task start(FlinkJob job) throws InterruptedException {
        Configuration flink = Configuration.fromMap(setting.flink());
        flink.set(StateBackendOptions.STATE_BACKEND, setting.stateBackend().flinkName());
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(flink);
        environment.setParallelism(setting.parallelism());
        job.define(environment);
        return new LocalTask(LocalJob.start(environment, flink, setting.parallelism(), work), work);
    }

    @Override
    public List<Long> processes() {
        return List.of(ProcessHandle.current().pid());
    }

    @Override
    public void close() {}

    private static final class LocalTask implements Task {
        private final LocalJob job;
        private final Path work;
        private int polls;

        LocalTask(LocalJob job, Path work) {
            this.job = job;
            this.work = work;
        }

        @Override
        public long applied() throws InterruptedException {
            if (++polls % POLLS_BETWEEN_LOOKS == 0) {
                job.requireUnbroken();
            }
            return job.metrics().experiencesApplied();
        }

        @Override
        public long appliedNow() {
            return job.metrics().experiencesApplied();
        }

        @Override
        public Path savepoint() throws InterruptedException {
            return job.savepoint(work.resolve("savepoints"));
        }

        @Override
        public void close() {
            job.close();
        }
    }
}

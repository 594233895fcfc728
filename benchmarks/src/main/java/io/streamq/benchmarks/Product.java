package io.streamq.benchmarks;

import io.streamq.cli.job.LocalJob;
import io.streamq.job.options.JobOptions;
import io.streamq.job.options.StreamQOptions;
import java.util.Map;
import org.apache.flink.configuration.Configuration;

/** StreamQ with everything on: validation, checkpoints every 10 s, policy sink, metrics. */
record Product(Configuration flink) implements Contestant {
    @Override
    public String name() {
        return "StreamQ";
    }

    @Override
    public Run run(Stadium stadium) throws Exception {
        JobOptions options = JobOptions.of(Map.of(
                StreamQOptions.BOOTSTRAP_SERVERS.key(),
                stadium.bootstrapServers(),
                StreamQOptions.ACTIONS.key(),
                "" + stadium.workload().actions(),
                StreamQOptions.PARALLELISM.key(),
                "" + stadium.parallelism()));
        try (LocalJob job = LocalJob.start(options, flink, stadium.work().path())) {
            return Stopwatch.time(
                    job.metrics()::experiencesApplied, stadium.workload().experiences());
        }
    }
}

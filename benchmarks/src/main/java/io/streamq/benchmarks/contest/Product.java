package io.streamq.benchmarks.contest;

import io.streamq.cli.cluster.Distribution;
import io.streamq.job.OperatorUids;
import io.streamq.job.StreamQJob;
import io.streamq.job.kafka.PolicyCatalog;
import io.streamq.job.learn.SavedRows;
import io.streamq.job.options.JobArguments;
import io.streamq.job.options.JobOptions;
import io.streamq.job.options.StreamQOptions;
import io.streamq.job.options.Tuning;
import io.streamq.job.record.StateKey;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.state.api.functions.KeyedStateReaderFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;

/**
 * StreamQ with everything on, as it is by default: validation, checkpoints every 10 s, policy sink, dead letters, metrics. Tuned for
 * throughput, which is measured, as is the floor.
 */
record Product(Stadium stadium) implements FlinkJob {
    @Override
    public void define(StreamExecutionEnvironment environment) {
        StreamQJob.define(environment, JobOptions.of(JobArguments.parse(arguments())), PolicyCatalog.EMPTY);
    }

    @Override
    public Path jar(Path work) {
        return Distribution.ofThisCommand().jobJar();
    }

    @Override
    public List<String> arguments() {
        return List.of(
                argument(StreamQOptions.BOOTSTRAP_SERVERS.key(), stadium.bootstrapServers()),
                argument(StreamQOptions.ACTIONS.key(), stadium.setting().actions()),
                argument(StreamQOptions.PARALLELISM.key(), stadium.setting().parallelism()),
                argument(StreamQOptions.TUNING.key(), Tuning.THROUGHPUT));
    }

    private static String argument(String key, Object value) {
        return "--" + key + "=" + value;
    }

    @Override
    public String tableUid() {
        return OperatorUids.LEARN;
    }

    @Override
    public KeyedStateReaderFunction<StateKey, Integer> reader(VisitSink visits) {
        return new Reader(visits);
    }

    private static final class Reader extends KeyedStateReaderFunction<StateKey, Integer> {
        private final VisitSink visits;
        private transient SavedRows rows;

        Reader(VisitSink visits) {
            this.visits = visits;
        }

        @Override
        public void open(OpenContext context) {
            rows = new SavedRows(getRuntimeContext());
        }

        @Override
        public void readKey(StateKey key, Context context, Collector<Integer> out) throws Exception {
            rows.forEach(key, (each, row) -> {
                for (int action = 0; action < row.actions(); action++) {
                    visits.add(each.bytes(), action, row.visits(action));
                }
            });
        }
    }
}

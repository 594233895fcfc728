package io.streamq.benchmarks.contest;

import io.streamq.benchmarks.floor.FloorJar;
import io.streamq.benchmarks.floor.FloorJob;
import io.streamq.cli.cluster.Distribution;
import io.streamq.job.record.StateKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.state.api.functions.KeyedStateReaderFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;

/** The bare job on a stadium's topic. */
record Floor(Stadium stadium) implements FlinkJob {
    @Override
    public void define(StreamExecutionEnvironment environment) {
        FloorJob.define(
                environment, stadium.bootstrapServers(), stadium.setting().actions());
    }

    @Override
    public Path jar(Path work) throws IOException {
        Path jar = work.resolve("floor.jar");
        FloorJar.write(jar, Distribution.ofThisCommand().jobJar());
        return jar;
    }

    @Override
    public List<String> arguments() {
        return List.of(
                stadium.bootstrapServers(),
                "" + stadium.setting().actions(),
                "" + stadium.setting().parallelism());
    }

    @Override
    public String tableUid() {
        return FloorJob.UPDATE;
    }

    @Override
    public KeyedStateReaderFunction<StateKey, Integer> reader(VisitSink visits) {
        return new Reader(visits);
    }

    private static final class Reader extends KeyedStateReaderFunction<StateKey, Integer> {
        private final VisitSink visits;
        private transient ValueState<double[]> rows;

        Reader(VisitSink visits) {
            this.visits = visits;
        }

        @Override
        public void open(OpenContext context) {
            rows = getRuntimeContext().getState(FloorJob.rows());
        }

        @Override
        public void readKey(StateKey key, Context context, Collector<Integer> out) throws Exception {
            double[] row = rows.value();
            for (int action = 0; action < row.length / 2; action++) {
                visits.add(key.bytes(), action, (long) row[2 * action + 1]);
            }
        }
    }
}

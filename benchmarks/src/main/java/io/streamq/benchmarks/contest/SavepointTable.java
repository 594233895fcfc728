package io.streamq.benchmarks.contest;

import io.streamq.benchmarks.workload.Visits;
import io.streamq.cli.program.FlinkPaths;
import io.streamq.job.record.RecordType;
import java.nio.file.Path;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.state.api.OperatorIdentifier;
import org.apache.flink.state.api.SavepointReader;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/** The table that a job left in a savepoint. */
final class SavepointTable {
    private SavepointTable() {}

    /** Counts the visits in a savepoint in canonical format. */
    static Visits visits(Path savepoint, FlinkJob job, int states, int actions) throws Exception {
        Configuration settings = new Configuration();
        settings.set(RestOptions.BIND_PORT, "0");
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.createLocalEnvironment(1, settings);
        Visits visits = new Visits(states, actions);
        try (VisitSink sink = VisitSink.into(visits)) {
            SavepointReader.read(environment, FlinkPaths.of(savepoint))
                    .readKeyedState(
                            OperatorIdentifier.forUid(job.tableUid()),
                            job.reader(sink),
                            RecordType.STATE_KEY,
                            Types.INT)
                    .sinkTo(new DiscardingSink<>());
            environment.execute("count visits");
        }
        return visits;
    }
}

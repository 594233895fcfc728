package io.streamq.cli.savepoint;

import io.streamq.job.OperatorUids;
import io.streamq.job.learn.LearnOperator;
import io.streamq.job.record.PolicyControl;
import io.streamq.job.record.RecordType;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.state.api.OperatorIdentifier;
import org.apache.flink.state.api.SavepointReader;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;

/** Reads the configurations in force out of a savepoint. */
final class ConfigurationsReader {
    private ConfigurationsReader() {}

    /** By policyId. */
    static SortedMap<String, PolicyControl> read(Path savepoint) throws Exception {
        Configuration settings = new Configuration();
        settings.set(RestOptions.BIND_PORT, "0");
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.createLocalEnvironment(1, settings);
        SortedMap<String, PolicyControl> configurations = new TreeMap<>();
        try (CloseableIterator<Tuple2<String, PolicyControl>> each = SavepointReader.read(
                        environment, savepoint.toUri().toString())
                .readBroadcastState(
                        OperatorIdentifier.forUid(OperatorUids.LEARN),
                        LearnOperator.CONFIGURATIONS_STATE,
                        Types.STRING,
                        RecordType.POLICY_CONTROL)
                .executeAndCollect()) {
            while (each.hasNext()) {
                PolicyControl control = each.next().f1;
                if (control.config() != null) {
                    configurations.put(control.policyId(), control);
                }
            }
        }
        return configurations;
    }
}

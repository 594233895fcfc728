package io.streamq.cli;

import io.streamq.cli.program.FlinkPaths;
import io.streamq.job.OperatorUids;
import io.streamq.job.learn.SavedRows;
import io.streamq.job.record.RecordType;
import io.streamq.job.record.StateKey;
import io.streamq.learning.QRow;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.typeutils.TupleTypeInfo;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.state.api.OperatorIdentifier;
import org.apache.flink.state.api.SavepointReader;
import org.apache.flink.state.api.functions.KeyedStateReaderFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.Collector;

/** Reads the Q-table out of a savepoint in canonical format, or out of a checkpoint of the hashmap backend. */
public final class QTableReader {
    private QTableReader() {}

    /** All rows, by {@code policyId/state}. */
    public static SortedMap<String, QRow> read(Path savepoint) throws Exception {
        Configuration settings = new Configuration();
        settings.set(RestOptions.BIND_PORT, "0");
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.createLocalEnvironment(1, settings);
        SortedMap<String, QRow> rows = new TreeMap<>();
        try (CloseableIterator<Tuple2<StateKey, QRow>> each = SavepointReader.read(
                        environment, FlinkPaths.of(savepoint))
                .readKeyedState(
                        OperatorIdentifier.forUid(OperatorUids.LEARN),
                        new RowReader(),
                        RecordType.STATE_KEY,
                        new TupleTypeInfo<>(RecordType.STATE_KEY, RecordType.Q_ROW))
                .executeAndCollect()) {
            while (each.hasNext()) {
                Tuple2<StateKey, QRow> entry = each.next();
                QRow twin = rows.put(entry.f0.toString(), entry.f1);
                if (twin != null) {
                    throw new AssertionError("two rows have the key " + entry.f0 + ": " + twin + " and " + entry.f1);
                }
            }
        }
        return rows;
    }

    private static final class RowReader extends KeyedStateReaderFunction<StateKey, Tuple2<StateKey, QRow>> {
        private transient SavedRows rows;

        @Override
        public void open(OpenContext context) {
            rows = new SavedRows(getRuntimeContext());
        }

        @Override
        public void readKey(StateKey key, Context context, Collector<Tuple2<StateKey, QRow>> out) throws Exception {
            rows.forEach(key, (each, row) -> out.collect(Tuple2.of(each, row.copy())));
        }
    }
}

package io.streamq.benchmarks.contest;

import io.streamq.job.record.StateKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.state.api.functions.KeyedStateReaderFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A job that can run in this JVM and on a cluster. */
interface FlinkJob {
    /** Defines the job. */
    void define(StreamExecutionEnvironment environment);

    /** The jar that contains it. */
    Path jar(Path work) throws IOException;

    /** The arguments of the jar's main method. */
    List<String> arguments();

    /** The uid of the operator that keeps the table. */
    String tableUid();

    /** Reads the table row by row. */
    KeyedStateReaderFunction<StateKey, Integer> reader(VisitSink visits);
}

package io.streamq.benchmarks.contest;

import io.streamq.job.record.StateKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.state.api.functions.KeyedStateReaderFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A job that runs in this JVM and on a cluster alike. */
interface FlinkJob {
    /** Defines it. */
    void define(StreamExecutionEnvironment environment);

    /** The jar that has it. */
    Path jar(Path work) throws IOException;

    /** What the main method of the jar is given. */
    List<String> arguments();

    /** The uid of the operator that keeps the table. */
    String tableUid();

    /** Reads the table row by row. */
    KeyedStateReaderFunction<StateKey, Integer> reader(VisitSink visits);
}

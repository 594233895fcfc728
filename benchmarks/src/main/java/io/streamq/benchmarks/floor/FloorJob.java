package io.streamq.benchmarks.floor;

import io.streamq.job.metrics.StreamQMetrics;
import io.streamq.job.options.Tuning;
import io.streamq.job.record.KeyCursor;
import io.streamq.job.record.RecordType;
import io.streamq.job.record.StateKey;
import io.streamq.schemas.EncodedExperience;
import io.streamq.schemas.Topics;
import io.streamq.schemas.WireFormatException;
import java.io.IOException;
import java.util.Properties;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;

/**
 * The least that any Flink job must do: source, decode, one keyBy, one keyed-state update, discard. No checkpoints, no checks. Its
 * rows count visits, so that its table can be verified.
 */
public final class FloorJob {
    /** The operator with the table. */
    public static final String UPDATE = "floor-update";

    /** The table: for each action its value, and then its visits. */
    public static final String ROWS_STATE = "values-and-visits";

    private static final int MAX_PARALLELISM = 128;
    private static final double RATE = 0.1;

    private FloorJob() {}

    /** The main class of the floor's jar: {@code BOOTSTRAP_SERVERS ACTIONS PARALLELISM}. */
    public static void main(String[] args) throws Exception {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        environment.setParallelism(Integer.parseInt(args[2]));
        define(environment, args[0], Integer.parseInt(args[1]));
        environment.execute("floor");
    }

    /** Defines the job. */
    public static void define(StreamExecutionEnvironment environment, String bootstrapServers, int actions) {
        environment.getConfig().enableObjectReuse();
        environment.setMaxParallelism(MAX_PARALLELISM);
        Properties consumer = new Properties();
        consumer.putAll(Tuning.THROUGHPUT.consumer());
        // As in StreamQ's job, a setting for all jobs takes precedence.
        if (environment
                .getConfiguration()
                .getOptional(ExecutionOptions.BUFFER_TIMEOUT)
                .isEmpty()) {
            environment.setBufferTimeout(Tuning.THROUGHPUT.bufferTimeout().toMillis());
        }
        KafkaSource<Step> source = KafkaSource.<Step>builder()
                .setProperties(consumer)
                .setBootstrapServers(bootstrapServers)
                .setTopics(Topics.EXPERIENCES)
                .setGroupId("floor")
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setValueOnlyDeserializer(new Decode())
                .build();
        environment
                .fromSource(source, WatermarkStrategy.noWatermarks(), "source")
                .uid("floor-source")
                .keyBy(Step::state, RecordType.STATE_KEY)
                .process(new Update(actions))
                .name(UPDATE)
                .uid(UPDATE)
                .sinkTo(new DiscardingSink<>())
                .uid("floor-discard");
    }

    /** The table as it is kept in state. */
    public static ValueStateDescriptor<double[]> rows() {
        return new ValueStateDescriptor<>(ROWS_STATE, PrimitiveArrayTypeInfo.DOUBLE_PRIMITIVE_ARRAY_TYPE_INFO);
    }

    /** All that one update needs. */
    record Step(StateKey state, int action, double reward) {}

    private static final class Decode implements DeserializationSchema<Step> {
        private transient EncodedExperience experience;
        private transient KeyCursor state;

        @Override
        public void open(InitializationContext context) {
            experience = new EncodedExperience();
            state = new KeyCursor();
        }

        @Override
        public Step deserialize(byte[] value) throws IOException {
            try {
                experience.read(value);
            } catch (WireFormatException e) {
                throw new IOException(e);
            }
            state.join(
                    experience.bytes(),
                    experience.policyIdStart(),
                    experience.policyIdLength(),
                    experience.stateStart(),
                    experience.stateLength());
            return new Step(state.toKey(), experience.action(), experience.reward());
        }

        @Override
        public boolean isEndOfStream(Step next) {
            return false;
        }

        @Override
        public TypeInformation<Step> getProducedType() {
            return StepSerializer.TYPE;
        }
    }

    private static final class Update extends KeyedProcessFunction<StateKey, Step, Double> {
        private final int actions;
        /** Absent if no agent acted in the state. */
        private transient ValueState<double[]> rows;

        private transient Counter applied;

        Update(int actions) {
            this.actions = actions;
        }

        @Override
        public void open(OpenContext context) {
            rows = getRuntimeContext().getState(rows());
            applied = getRuntimeContext()
                    .getMetricGroup()
                    .addGroup(StreamQMetrics.GROUP)
                    .counter(StreamQMetrics.EXPERIENCES_APPLIED);
        }

        @Override
        public void processElement(Step step, Context context, Collector<Double> out) throws Exception {
            double[] row = rows.value();
            if (row == null) {
                row = new double[2 * actions];
            }
            int cell = 2 * step.action();
            row[cell] += RATE * (step.reward() - row[cell]);
            row[cell + 1]++;
            rows.update(row);
            applied.inc();
        }
    }
}

package io.streamq.benchmarks;

import io.streamq.cli.job.LocalJob;
import io.streamq.job.metrics.StreamQMetrics;
import io.streamq.job.record.RecordType;
import io.streamq.job.record.StateKey;
import io.streamq.schemas.EncodedExperience;
import io.streamq.schemas.Topics;
import io.streamq.schemas.WireFormatException;
import java.io.IOException;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;

/** The least that any Flink job must do: source, decode, one keyBy, one keyed-state update, discard. No checkpoints, no checks. */
record BareFlinkJob(Configuration flink) implements Contestant {
    private static final double RATE = 0.1;

    @Override
    public String name() {
        return "bare Flink job";
    }

    @Override
    public Run run(Stadium stadium) throws Exception {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(flink);
        environment.setParallelism(stadium.parallelism());
        environment.getConfig().enableObjectReuse();
        KafkaSource<Step> source = KafkaSource.<Step>builder()
                .setBootstrapServers(stadium.bootstrapServers())
                .setTopics(Topics.EXPERIENCES)
                .setGroupId("floor")
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setValueOnlyDeserializer(new Decode())
                .build();
        environment
                .fromSource(source, WatermarkStrategy.noWatermarks(), "source")
                .keyBy(Step::state, RecordType.STATE_KEY)
                .process(new Update(stadium.workload().actions()))
                .sinkTo(new DiscardingSink<>());
        try (LocalJob job = LocalJob.start(
                environment, flink, stadium.parallelism(), stadium.work().path())) {
            return Stopwatch.time(
                    job.metrics()::experiencesApplied, stadium.workload().experiences());
        }
    }

    /** All that one update needs. */
    record Step(StateKey state, int action, double reward) {}

    private static final class Decode implements DeserializationSchema<Step> {
        private transient EncodedExperience experience;

        @Override
        public void open(InitializationContext context) {
            experience = new EncodedExperience();
        }

        @Override
        public Step deserialize(byte[] value) throws IOException {
            try {
                experience.read(value);
            } catch (WireFormatException e) {
                throw new IOException(e);
            }
            return new Step(
                    StateKey.of(
                            experience.bytes(),
                            experience.policyIdStart(),
                            experience.policyIdLength(),
                            experience.stateStart(),
                            experience.stateLength()),
                    experience.action(),
                    experience.reward());
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
        private transient ValueState<double[]> values;
        private transient Counter applied;

        Update(int actions) {
            this.actions = actions;
        }

        @Override
        public void open(OpenContext context) {
            values = getRuntimeContext()
                    .getState(new ValueStateDescriptor<>(
                            "values", PrimitiveArrayTypeInfo.DOUBLE_PRIMITIVE_ARRAY_TYPE_INFO));
            applied = getRuntimeContext()
                    .getMetricGroup()
                    .addGroup(StreamQMetrics.GROUP)
                    .counter(StreamQMetrics.EXPERIENCES_APPLIED);
        }

        @Override
        public void processElement(Step step, Context context, Collector<Double> out) throws Exception {
            double[] row = values.value();
            if (row == null) {
                row = new double[actions];
            }
            row[step.action()] += RATE * (step.reward() - row[step.action()]);
            values.update(row);
            applied.inc();
        }
    }
}

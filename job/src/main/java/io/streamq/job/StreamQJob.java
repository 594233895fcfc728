package io.streamq.job;

import io.streamq.job.kafka.KafkaEnds;
import io.streamq.job.kafka.KafkaPreflight;
import io.streamq.job.kafka.PolicyCatalog;
import io.streamq.job.options.InvalidOptionsException;
import io.streamq.job.options.JobArguments;
import io.streamq.job.options.JobOptions;
import io.streamq.job.record.SourceRecord;
import io.streamq.job.record.SourceRecords;
import java.util.List;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.runtime.state.StateBackendLoader;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The main class of the job jar: {@code flink run streamq-job.jar --bootstrap-servers host:9092 --streamq.policy.actions 4}. */
public final class StreamQJob {
    /** The job's name in Flink. */
    public static final String NAME = "streamq";

    /**
     * How many checkpoints in a row may fail before Flink restarts the job: so many that it never does, as a full disk is no reason to stop
     * learning. One more would mean the same to Flink, but it would no longer count them in its log.
     */
    private static final int TOLERABLE_FAILED_CHECKPOINTS = Integer.MAX_VALUE - 1;

    private static final Logger LOG = LoggerFactory.getLogger(StreamQJob.class);

    private StreamQJob() {}

    /**
     * Reads options, checks that Kafka is ready, and submits the job.
     *
     * @throws InvalidOptionsException reporting all that is wrong with the options
     * @throws KafkaPreflight.NotReadyException if there is no broker, it refuses the job, or a topic is missing
     */
    public static void main(String[] arguments) throws Exception {
        JobOptions options = JobOptions.of(JobArguments.parse(List.of(arguments)));
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        KafkaPreflight.check(options);
        define(environment, options, PolicyCatalog.read(options));
        environment.execute(NAME);
    }

    /**
     * Defines the job on Kafka.
     *
     * @param catalog the configurations now on the control topic
     * @throws InvalidOptionsException if the environment is set to batch mode, or to start from a snapshot that does not fit
     */
    public static void define(StreamExecutionEnvironment environment, JobOptions options, PolicyCatalog catalog) {
        configure(environment, options);
        SnapshotPreflight.check(environment.getConfiguration(), options);
        KafkaEnds kafka = new KafkaEnds(options);
        DataStream<SourceRecords> experiences = environment
                .fromSource(kafka.experiences(), WatermarkStrategy.noWatermarks(), OperatorUids.EXPERIENCES)
                .uid(OperatorUids.EXPERIENCES);
        DataStream<SourceRecord> control = environment
                .fromSource(
                        kafka.control(catalog.nextOffsets()), WatermarkStrategy.noWatermarks(), OperatorUids.CONTROL)
                .setParallelism(1)
                .uid(OperatorUids.CONTROL);
        LearningTopology.define(
                new LearningTopology.Sources(experiences, control),
                new LearningTopology.Ends(kafka.policy(), kafka.deadLetters(), kafka.controlStatus()),
                options,
                catalog.configurations(),
                environment.getParallelism());
        if (options.sink().guarantee() == DeliveryGuarantee.EXACTLY_ONCE) {
            LOG.warn(
                    "The policy topic is written exactly-once: read_committed readers see an update only when the next"
                            + " checkpoint completes, every {}. transaction.timeout.ms is {} ms and must not exceed the"
                            + " broker's transaction.max.timeout.ms; the prefix '{}' must be this job's alone.",
                    options.checkpointInterval(),
                    options.sink().transactionTimeout().toMillis(),
                    options.sink().transactionalIdPrefix());
        }
    }

    /** Sets what the job relies on; checkpoint storage and state backend are for the cluster to choose. */
    static void configure(StreamExecutionEnvironment environment, JobOptions options) {
        RuntimeExecutionMode mode = environment.getConfiguration().get(ExecutionOptions.RUNTIME_MODE);
        if (mode == RuntimeExecutionMode.BATCH) {
            throw new InvalidOptionsException(
                    List.of(
                            "execution.runtime-mode must be STREAMING, for a bounded topic too:"
                                    + " batch scheduling does not run BOOTSTRAP and LEARN in one slot. Got BATCH; remove the setting."));
        }
        Configuration settings = new Configuration();
        settings.set(ExecutionOptions.RUNTIME_MODE, RuntimeExecutionMode.STREAMING);
        settings.set(PipelineOptions.GENERIC_TYPES, false);
        settings.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
        settings.set(PipelineOptions.OBJECT_REUSE, true);
        ReadableConfig said = environment.getConfiguration();
        // Single rows, as RocksDB writes them, would be up to three times as large, and be read in small pieces. The
        // heap's come packed.
        unlessSaid(ExecutionOptions.SNAPSHOT_COMPRESSION, !isOnHeap(said), said, settings);
        unlessSaid(ExecutionOptions.BUFFER_TIMEOUT, options.tuning().bufferTimeout(), said, settings);
        unlessSaid(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, TOLERABLE_FAILED_CHECKPOINTS, said, settings);
        // Otherwise, if snapshots take longer than the interval, a large table would be written all the time.
        unlessSaid(
                CheckpointingOptions.MIN_PAUSE_BETWEEN_CHECKPOINTS,
                options.checkpointInterval().dividedBy(2),
                said,
                settings);
        environment.configure(settings);
        if (options.parallelism() != null) {
            environment.setParallelism(options.parallelism());
        }
        environment.setMaxParallelism(options.maxParallelism());
        // Set here, as a cluster may default to AT_LEAST_ONCE, which would count experiences twice after a crash.
        environment.enableCheckpointing(options.checkpointInterval().toMillis(), CheckpointingMode.EXACTLY_ONCE);
    }

    /** Whether the table is known to be on the heap: by default a cluster decides, and it may know another backend. */
    private static boolean isOnHeap(ReadableConfig said) {
        return said.getOptional(StateBackendOptions.STATE_BACKEND)
                .map(StateBackendLoader.HASHMAP_STATE_BACKEND_NAME::equalsIgnoreCase)
                .orElse(false);
    }

    private static <T> void unlessSaid(ConfigOption<T> option, T value, ReadableConfig said, Configuration settings) {
        if (said.getOptional(option).isEmpty()) {
            settings.set(option, value);
        }
    }
}

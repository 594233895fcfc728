package io.streamq.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.streamq.job.LearningTopology.Ends;
import io.streamq.job.LearningTopology.Sources;
import io.streamq.job.learn.ShardMeetings;
import io.streamq.job.metrics.StreamQMetrics;
import io.streamq.job.options.JobOptions;
import io.streamq.job.policy.PolicyConfigs;
import io.streamq.job.record.ControlStatus;
import io.streamq.job.record.ControlStatusSerializer;
import io.streamq.job.record.DeadLetter;
import io.streamq.job.record.DeadLetterSerializer;
import io.streamq.job.record.Packs;
import io.streamq.job.record.PolicyChange;
import io.streamq.job.record.PolicyChangeSerializer;
import io.streamq.job.record.PolicyControl;
import io.streamq.job.record.RecordType;
import io.streamq.job.record.Rejection;
import io.streamq.job.record.SourceRecord;
import io.streamq.job.record.SourceRecords;
import io.streamq.schemas.PolicyConfigOutcome;
import io.streamq.schemas.UpdateReason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.metrics.scope.ScopeFormat;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The dataflow with its ends in memory, on two task managers of one slot each. */
@Timeout(120)
class LearningTopologyITCase {
    private static final int EXPERIENCES = 200_000;
    /** Over many worlds, one thread that learns from as much is at most 0.02 and 0.08 off; a wrong target is by more than 1. */
    private static final Offset<Double> OF_THE_GREEDY_VALUE = within(0.1);

    private static final Offset<Double> OF_ANY_VALUE = within(0.25);

    private static final InMemoryReporter REPORTER = InMemoryReporter.createWithRetainedMetrics();

    @RegisterExtension
    private static final MiniClusterExtension CLUSTER =
            new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
                    .setNumberTaskManagers(2)
                    .setNumberSlotsPerTaskManager(1)
                    .setConfiguration(REPORTER.addToConfiguration(new Configuration()))
                    .build());

    private final CollectingSink<PolicyChange> policy =
            new CollectingSink<>("policy", PolicyChange.class, PolicyChangeSerializer.INSTANCE);
    private final CollectingSink<DeadLetter> deadLetters =
            new CollectingSink<>("dead-letters", DeadLetter.class, DeadLetterSerializer.INSTANCE);
    private final CollectingSink<ControlStatus> controlStatus =
            new CollectingSink<>("control-status", ControlStatus.class, ControlStatusSerializer.INSTANCE);

    /** A configuration of a policy that nobody acts by. */
    private final Source<SourceRecord, ?, ?> control =
            new DataGeneratorSource<>(index -> configuration(), 1, RecordType.SOURCE_RECORD);

    private static SourceRecord configuration() {
        PolicyControl configured = PolicyConfigs.control("idle", PolicyConfigs.halfway());
        return new SourceRecord(
                configured.partition(),
                configured.offset(),
                configured.timestampMillis(),
                configured.policyId().getBytes(StandardCharsets.UTF_8),
                configured.config());
    }

    @AfterEach
    void takeWhatNobodyAskedFor() {
        controlStatus.take();
    }

    @AfterEach
    void noMeetingIsLeft() {
        await().untilAsserted(() -> assertThat(ShardMeetings.count()).isZero());
    }

    private StreamExecutionEnvironment job(
            Configuration configuration, Source<SourceRecords, ?, ?> source, int parallelism) {
        JobOptions options = JobOptions.of(Map.of(
                "streamq.kafka.bootstrap-servers",
                "none",
                "streamq.policy.actions",
                String.valueOf(RandomWorld.ACTIONS),
                "streamq.policy.discount",
                String.valueOf(RandomWorld.DISCOUNT),
                "streamq.job.parallelism",
                String.valueOf(parallelism),
                "streamq.job.max-parallelism",
                "10", // neither Flink's default nor a multiple of it
                "streamq.job.checkpoint-interval",
                "200 ms"));
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        StreamQJob.configure(environment, options);
        LearningTopology.define(
                new Sources(
                        environment
                                .fromSource(source, WatermarkStrategy.noWatermarks(), OperatorUids.EXPERIENCES)
                                .uid(OperatorUids.EXPERIENCES)
                                .setParallelism(1),
                        environment
                                .fromSource(control, WatermarkStrategy.noWatermarks(), OperatorUids.CONTROL)
                                .uid(OperatorUids.CONTROL)
                                .setParallelism(1)),
                new Ends(policy, deadLetters, controlStatus),
                options,
                List.of(),
                parallelism);
        return environment;
    }

    private static long sum(JobID job, String metric) {
        return REPORTER.getMetricsByGroup().entrySet().stream()
                .filter(group ->
                        job.toString().equals(group.getKey().getAllVariables().get(ScopeFormat.SCOPE_JOB_ID)))
                .flatMap(group -> group.getValue().entrySet().stream().filter(each -> group.getKey()
                        .getMetricIdentifier(each.getKey())
                        .endsWith(".streamq." + metric)))
                .mapToLong(each -> ((Counter) each.getValue()).getCount())
                .sum();
    }

    /** The record that agents go by: of each state, the one of the greatest (epoch, version). */
    private static Map<String, PolicyChange> latest(List<PolicyChange> changes) {
        Comparator<PolicyChange> order =
                Comparator.comparingLong(PolicyChange::epoch).thenComparingLong(PolicyChange::version);
        return changes.stream()
                .collect(Collectors.toMap(
                        change -> change.state().state(), change -> change, BinaryOperator.maxBy(order)));
    }

    @Test
    void aSeededWorldIsLearntAndWhatIsBadComesOutAsItCame() throws Exception {
        RandomWorld world = RandomWorld.any();
        int bad = 1000;
        byte[] garbage = "no avro".getBytes(StandardCharsets.UTF_8);
        DataGeneratorSource<SourceRecords> source = new DataGeneratorSource<>(
                index -> Packs.of(
                        index % (EXPERIENCES / bad) == 0
                                ? new SourceRecord(0, index, 0, null, garbage)
                                : world.experience(index)),
                EXPERIENCES,
                RecordType.SOURCE_RECORDS);

        JobID job = job(new Configuration(), source, 2).execute().getJobID();

        assertThat(sum(job, StreamQMetrics.EXPERIENCES_APPLIED)).isEqualTo(EXPERIENCES - bad);
        assertThat(deadLetters.take()).hasSize(bad).allSatisfy(letter -> {
            assertThat(letter.rejection()).isEqualTo(Rejection.NOT_AVRO);
            assertThat(letter.source().value()).isEqualTo(garbage);
        });
        assertThat(sum(job, "deadLetters.reason.NOT_AVRO.count")).isEqualTo(bad);

        assertThat(controlStatus.take())
                .filteredOn(status ->
                        !status.durable()) // which they become at the next checkpoint, if that is not too late
                .extracting(ControlStatus::policyId, ControlStatus::outcome, ControlStatus::shard)
                .containsExactlyInAnyOrder(
                        tuple("idle", PolicyConfigOutcome.APPLIED, 0), tuple("idle", PolicyConfigOutcome.APPLIED, 1));

        List<PolicyChange> changes = policy.take();
        assertThat(sum(job, StreamQMetrics.POLICY_UPDATES_SENT)).isEqualTo(changes.size());
        double[][] optimum = world.optimum();
        Map<String, PolicyChange> learnt = latest(changes);
        assertThat(learnt).hasSize(RandomWorld.STATES);
        learnt.forEach((state, change) -> {
            double[] q = optimum[Integer.parseInt(state)];
            double best = Arrays.stream(q).max().orElseThrow();
            assertThat(q[change.action()])
                    .as("value of the greedy action of %s", state)
                    .isCloseTo(best, OF_THE_GREEDY_VALUE);
        });
    }

    @Test
    void theTableGoesOnExactlyThroughSavepointsAndFromOneSubtaskToTwoAndBack(@TempDir Path savepoints)
            throws Exception {
        RandomWorld world = RandomWorld.any();
        Source<SourceRecords, ?, ?> source = GatedSource.of(
                EXPERIENCES + RandomWorld.STATES,
                index -> index < EXPERIENCES
                        ? world.experience(index)
                        : RandomWorld.touch(index, (int) (index - EXPERIENCES)));
        GatedSource.EMITTED.set(0);

        String first = runUntil(EXPERIENCES / 2, job(new Configuration(), source, 1), savepoints);
        policy.take();
        String second = runUntil(EXPERIENCES, job(from(first), source, 2), savepoints);
        assertThat(policy.take())
                .filteredOn(change -> change.reason() == UpdateReason.FIRST)
                .as("rows that the second run did not know")
                .isEmpty();

        // Every row is touched once more, and the first touch of a restored row announces it.
        GatedSource.GATE.set(Long.MAX_VALUE);
        job(from(second), source, 1).execute();
        List<PolicyChange> census = policy.take();
        assertThat(census).hasSize(RandomWorld.STATES);
        assertThat(census.stream()
                        .flatMapToLong(change -> Arrays.stream(change.visits()))
                        .sum())
                .isEqualTo(EXPERIENCES + RandomWorld.STATES);
        double[][] optimum = world.optimum();
        latest(census).forEach((state, change) -> IntStream.range(0, RandomWorld.ACTIONS)
                .forEach(action -> assertThat(change.qValues()[action])
                        .as("Q(%s, %d)", state, action)
                        .isCloseTo(optimum[Integer.parseInt(state)][action], OF_ANY_VALUE)));
        assertThat(deadLetters.take()).isEmpty();
    }

    private static Configuration from(String savepoint) {
        return new Configuration().set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
    }

    /** Runs a job until its source stands still behind so many records, and stops it with a savepoint. */
    private static String runUntil(long records, StreamExecutionEnvironment environment, Path savepoints)
            throws Exception {
        GatedSource.GATE.set(records);
        JobClient job = environment.executeAsync();
        await().atMost(Duration.ofSeconds(60)).until(() -> GatedSource.EMITTED.get() == records);
        return job.stopWithSavepoint(false, savepoints.toUri().toString(), SavepointFormatType.CANONICAL)
                .get();
    }
}

package io.streamq.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.streamq.job.kafka.PolicyCatalog;
import io.streamq.job.options.InvalidOptionsException;
import io.streamq.job.options.JobOptions;
import java.time.Duration;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The graph of the job as it is submitted; nothing runs and no broker is asked. */
class LearningTopologyTest {
    private static final JobOptions OPTIONS = JobOptions.of(Map.of(
            "streamq.kafka.bootstrap-servers", "broker:9092",
            "streamq.policy.actions", "4",
            "streamq.job.parallelism", "3",
            "streamq.job.max-parallelism", "96"));

    private final StreamExecutionEnvironment environment =
            StreamExecutionEnvironment.getExecutionEnvironment(new Configuration());

    private JobGraph jobGraph() {
        StreamQJob.define(environment, OPTIONS, PolicyCatalog.EMPTY);
        return environment.getStreamGraph().getJobGraph();
    }

    /** The vertex whose chain begins with an operator. */
    private static JobVertex headedBy(String name, JobGraph graph) {
        return StreamSupport.stream(graph.getVertices().spliterator(), false)
                .filter(vertex ->
                        vertex.getName().equals(name) || vertex.getName().startsWith(name + " -> "))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " heads no chain"));
    }

    /** State in savepoints is found by uid: a change of this list breaks every savepoint. */
    @Test
    void uidsAndNamesAreFrozen() {
        StreamQJob.define(environment, OPTIONS, PolicyCatalog.EMPTY);
        assertThat(environment.getStreamGraph().getStreamNodes())
                .extracting(node -> node.getTransformationUID() + " = " + node.getOperatorName())
                .containsExactlyInAnyOrder(
                        "experiences = Source: experiences",
                        "decode = decode",
                        "control = Source: control",
                        "control-decode = control-decode",
                        "bootstrap = bootstrap",
                        "learn = learn",
                        "replica = replica",
                        "control-status = control-status: Writer",
                        "Sink Committer: control-status = control-status: Committer",
                        "policy = policy: Writer",
                        "Sink Committer: policy = policy: Committer",
                        "dead-letters = dead-letters: Writer",
                        "Sink Committer: dead-letters = dead-letters: Committer");
    }

    @Test
    void learningOperatorsAndReplicasHeadTheirChainsInOneCoLocationGroup() {
        JobGraph graph = jobGraph();
        JobVertex bootstrap = headedBy(OperatorUids.BOOTSTRAP, graph);
        JobVertex learn = headedBy(OperatorUids.LEARN, graph);
        JobVertex replica = headedBy(OperatorUids.REPLICA, graph);
        assertThat(bootstrap.getCoLocationGroup())
                .isNotNull()
                .isSameAs(learn.getCoLocationGroup())
                .isSameAs(replica.getCoLocationGroup());
        assertThat(bootstrap.getSlotSharingGroup()).isSameAs(learn.getSlotSharingGroup());
        for (JobVertex vertex : graph.getVertices()) {
            assertThat(vertex.getCoLocationGroup() != null)
                    .as(vertex.getName())
                    .isEqualTo(vertex == bootstrap || vertex == learn || vertex == replica);
        }
    }

    @Test
    void bothLearningOperatorsHaveEqualParallelismAndMaxParallelism() {
        JobGraph graph = jobGraph();
        for (String operator : new String[] {OperatorUids.BOOTSTRAP, OperatorUids.LEARN}) {
            assertThat(headedBy(operator, graph).getParallelism()).isEqualTo(3);
            assertThat(headedBy(operator, graph).getMaxParallelism()).isEqualTo(96);
        }
    }

    /** For the other half, they wait for others in the operator that sends them. */
    @ParameterizedTest
    @CsvSource({"0, 0, 0", "5, 0, 0", "19, 0, 0", "20, 10, 10", "100, 50, 25"})
    void batchesWaitInTheNetworkForHalfOfALongWait(long waitMillis, long transitionsMillis, long changesMillis) {
        Configuration flink = new Configuration();
        flink.set(ExecutionOptions.BUFFER_TIMEOUT, Duration.ofMillis(waitMillis));
        assertThatBatchesWait(transitionsMillis, changesMillis, waitMillis, flink);
    }

    @Test
    void batchesWaitUntilBuffersAreFullIfFlinkIsToldSo() {
        Configuration flink = new Configuration();
        flink.set(ExecutionOptions.BUFFER_TIMEOUT_ENABLED, false);
        assertThatBatchesWait(-1, 25, -1, flink); // or a value that is the last to change would not be told
    }

    private static void assertThatBatchesWait(
            long transitionsMillis, long changesMillis, long othersMillis, Configuration flink) {
        StreamExecutionEnvironment told = StreamExecutionEnvironment.getExecutionEnvironment(flink);
        StreamQJob.define(told, OPTIONS, PolicyCatalog.EMPTY);
        for (StreamNode node : told.getStreamGraph().getStreamNodes()) {
            assertThat(node.getBufferTimeout())
                    .as(node.getOperatorName())
                    .isEqualTo(
                            switch (node.getOperatorName()) {
                                case OperatorUids.DECODE, OperatorUids.BOOTSTRAP -> transitionsMillis;
                                case OperatorUids.LEARN -> changesMillis;
                                default -> othersMillis;
                            });
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 500000, false", "2, 500000, true", "8, 500000, true", "9, 500000, false", "2, 0, false"})
    void valuesAreReplicatedWhereFewShardsHearOfThem(int parallelism, int rows, boolean areReplicated) {
        JobOptions options = JobOptions.of(Map.of(
                "streamq.kafka.bootstrap-servers",
                "broker:9092",
                "streamq.policy.actions",
                "4",
                "streamq.job.parallelism",
                "" + parallelism,
                "streamq.job.replicated-rows",
                "" + rows));
        StreamQJob.define(environment, options, PolicyCatalog.EMPTY);
        assertThat(environment.getStreamGraph().getStreamNodes())
                .extracting(StreamNode::getOperatorName)
                .filteredOn(OperatorUids.REPLICA::equals)
                .hasSize(areReplicated ? 1 : 0);
    }

    /** Where it cannot, nothing on its way to an operator is ever part of a checkpoint. */
    @ParameterizedTest
    @CsvSource({"bootstrap, true", "learn, false", "replica, false"})
    void noInputBesideABroadcastOneCanBeCheckpointedUnaligned(String operator, boolean canBe) {
        StreamQJob.define(environment, OPTIONS, PolicyCatalog.EMPTY);
        assertThat(environment.getStreamGraph().getStreamNodes())
                .filteredOn(node -> node.getOperatorName().equals(operator))
                .singleElement()
                .satisfies(node -> assertThat(node.getInEdges())
                        .isNotEmpty()
                        .allMatch(edge -> edge.supportsUnalignedCheckpoints() == canBe));
    }

    @Test
    void nothingTravelsAsAGenericType() {
        jobGraph();
        ReadableConfig settings = environment.getConfiguration();
        assertThat(settings.get(PipelineOptions.GENERIC_TYPES)).isFalse(); // so that the graph had none
        assertThat(settings.get(PipelineOptions.AUTO_GENERATE_UIDS)).isFalse();
        assertThat(settings.get(PipelineOptions.OBJECT_REUSE)).isTrue();
        assertThat(settings.get(ExecutionOptions.RUNTIME_MODE)).isEqualTo(RuntimeExecutionMode.STREAMING);
        assertThat(environment.getCheckpointInterval()).isEqualTo(10_000);
    }

    @Test
    void failedCheckpointsNeverRestartTheJob() {
        StreamQJob.define(environment, OPTIONS, PolicyCatalog.EMPTY);
        assertThat(environment.getCheckpointConfig().getTolerableCheckpointFailureNumber())
                .isGreaterThan(2_000_000_000);
    }

    @Test
    void failedCheckpointsRestartTheJobIfFlinkIsToldSo() {
        Configuration flink = new Configuration();
        flink.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, 3);
        assertThat(definedWith(flink).getCheckpointConfig().getTolerableCheckpointFailureNumber())
                .isEqualTo(3);
    }

    /** Rows of RocksDB are written singly; those of the heap come packed. A cluster may know a backend that the job does not. */
    @ParameterizedTest
    @CsvSource({", true", "rocksdb, true", "hashmap, false"})
    void snapshotsAreCompressedUnlessTheTableIsKnownToBeOnTheHeap(@Nullable String stateBackend, boolean compressed) {
        Configuration flink = new Configuration();
        if (stateBackend != null) {
            flink.set(StateBackendOptions.STATE_BACKEND, stateBackend);
        }
        assertThat(definedWith(flink).getConfig().isUseSnapshotCompression()).isEqualTo(compressed);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void snapshotsAreCompressedOrNotAsFlinkIsTold(boolean compressed) {
        Configuration flink = new Configuration();
        flink.set(StateBackendOptions.STATE_BACKEND, compressed ? "hashmap" : "rocksdb");
        flink.set(ExecutionOptions.SNAPSHOT_COMPRESSION, compressed);
        assertThat(definedWith(flink).getConfig().isUseSnapshotCompression()).isEqualTo(compressed);
    }

    private static StreamExecutionEnvironment definedWith(Configuration flink) {
        StreamExecutionEnvironment told = StreamExecutionEnvironment.getExecutionEnvironment(flink);
        StreamQJob.define(told, OPTIONS, PolicyCatalog.EMPTY);
        return told;
    }

    @Test
    void aTableThatTakesLongToSnapshotIsNotSnapshottedAllTheTime() {
        StreamQJob.define(environment, OPTIONS, PolicyCatalog.EMPTY);
        assertThat(environment.getCheckpointConfig().getMinPauseBetweenCheckpoints())
                .isEqualTo(5_000);
    }

    @Test
    void checkpointsPauseAsFlinkIsTold() {
        Configuration flink = new Configuration();
        flink.set(CheckpointingOptions.MIN_PAUSE_BETWEEN_CHECKPOINTS, Duration.ofSeconds(7));
        assertThat(definedWith(flink).getCheckpointConfig().getMinPauseBetweenCheckpoints())
                .isEqualTo(7_000);
    }

    @Test
    void batchModeIsRefusedWithASentence() {
        environment.setRuntimeMode(RuntimeExecutionMode.BATCH);
        assertThatExceptionOfType(InvalidOptionsException.class)
                .isThrownBy(() -> StreamQJob.define(environment, OPTIONS, PolicyCatalog.EMPTY))
                .withMessageStartingWith("execution.runtime-mode must be STREAMING, for a bounded topic too")
                .withMessageEndingWith("Got BATCH; remove the setting.");
    }
}

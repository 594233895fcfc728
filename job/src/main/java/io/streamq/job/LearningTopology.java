package io.streamq.job;

import io.streamq.job.learn.BootstrapOperator;
import io.streamq.job.learn.DecodeOperator;
import io.streamq.job.learn.LearnOperator;
import io.streamq.job.learn.ReplicaOperator;
import io.streamq.job.learn.Replication;
import io.streamq.job.options.JobOptions;
import io.streamq.job.record.ControlStatus;
import io.streamq.job.record.DeadLetter;
import io.streamq.job.record.PolicyChange;
import io.streamq.job.record.PolicyControl;
import io.streamq.job.record.RecordType;
import io.streamq.job.record.SourceRecord;
import io.streamq.job.record.SourceRecords;
import io.streamq.job.record.StateKey;
import io.streamq.job.record.TransitionBatch;
import io.streamq.job.rejection.DeadLetters;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * The dataflow, as a function of its ends.
 *
 * <pre>
 *                       successor's view in this JVM
 * experiences -> decode --------------------------------------------------> keyBy(state) -> LEARN -> policy
 *                   |  \---> keyBy(next state) -> BOOTSTRAP --------------->      |  |
 *                   |  elsewhere                     ^__ same slot, view          |
 *                   +--> dead letters <-------------------------------------------+
 *                              ^                                                  |--> control status
 * control -> decode -----------+------------- broadcast ------------------------->+--> replicas of its view
 * </pre>
 */
public final class LearningTopology {
    /** Of both learning operators, so that subtask i of both runs in one slot; and of REPLICA, so that each JVM of theirs has one. */
    private static final String CO_LOCATION_GROUP = "streamq-shard";

    /** In a batch, and as long in the network: waiting makes values older. */
    private static final long MOST_REPLICA_WAIT_MILLIS = 25;

    /** Flushing buffers more often is not worth the wake-ups: then each batch is sent at once. */
    private static final long LEAST_NETWORK_WAIT_MILLIS = 10;

    private LearningTopology() {}

    /** Where experience and configurations come from. */
    public record Sources(DataStream<SourceRecords> experiences, DataStream<SourceRecord> control) {}

    /** Where announcements, rejected records and answers to configurations go. */
    public record Ends(Sink<PolicyChange> policy, Sink<DeadLetter> deadLetters, Sink<ControlStatus> controlStatus) {}

    /**
     * Connects sources to ends.
     *
     * @param initial configurations of a job that starts without a snapshot: in force before the first experience, or refused
     * @param parallelism of the learning operators
     */
    public static void define(
            Sources sources, Ends ends, JobOptions options, List<PolicyControl> initial, int parallelism) {
        long waitMillis = sources.experiences.getExecutionEnvironment().getBufferTimeout();
        long networkMillis = inTheNetwork(waitMillis);
        long batchMillis = waitMillis < 0 ? waitMillis : waitMillis - networkMillis;
        SingleOutputStreamOperator<TransitionBatch> decoded = named(
                        sources.experiences.transform(
                                OperatorUids.DECODE,
                                RecordType.TRANSITION_BATCH,
                                new DecodeOperator(options.maxParallelism(), batchMillis)),
                        OperatorUids.DECODE)
                .setBufferTimeout(networkMillis);

        SingleOutputStreamOperator<PolicyControl> controls = named(
                        sources.control.process(new ControlDecodeFunction(), RecordType.POLICY_CONTROL),
                        OperatorUids.CONTROL_DECODE)
                .setParallelism(1);

        SingleOutputStreamOperator<TransitionBatch> valuedThere = coLocated(
                partitionedOnly(decoded.getSideOutput(DecodeOperator.REMOTE)
                                .keyBy(TransitionBatch::firstNextState, RecordType.STATE_KEY))
                        .transform(
                                OperatorUids.BOOTSTRAP,
                                RecordType.TRANSITION_BATCH,
                                new BootstrapOperator(options.partnerTimeout(), options.maxParallelism(), batchMillis)),
                OperatorUids.BOOTSTRAP,
                options,
                parallelism);

        valuedThere.setBufferTimeout(networkMillis);
        Replication replication = replication(options, parallelism, batchMillis);
        SingleOutputStreamOperator<PolicyChange> changes = coLocated(
                decoded.union(valuedThere)
                        .keyBy(TransitionBatch::firstState, RecordType.STATE_KEY)
                        .connect(controls.broadcast())
                        .transform(
                                OperatorUids.LEARN,
                                RecordType.POLICY_CHANGE,
                                new LearnOperator(options.policies(), initial, options.rowBuffer(), replication)),
                OperatorUids.LEARN,
                options,
                parallelism);
        if (replication.isWantedOf(parallelism)) {
            coLocated(
                    changes.setBufferTimeout(atMost(MOST_REPLICA_WAIT_MILLIS, networkMillis))
                            .getSideOutput(LearnOperator.VIEW_CHANGES)
                            .broadcast()
                            .transform(OperatorUids.REPLICA, Types.VOID, new ReplicaOperator()),
                    OperatorUids.REPLICA,
                    options,
                    parallelism);
        }

        end(changes, ends.policy, OperatorUids.POLICY);
        end(changes.getSideOutput(LearnOperator.STATUS), ends.controlStatus, OperatorUids.CONTROL_STATUS);
        end(
                decoded.getSideOutput(DeadLetters.TAG)
                        .union(changes.getSideOutput(DeadLetters.TAG), controls.getSideOutput(DeadLetters.TAG)),
                ends.deadLetters,
                OperatorUids.DEAD_LETTERS);
    }

    /**
     * How long a batch waits in network buffers for others, as each that leaves at once is a message by itself. Before, its transitions
     * wait for it to fill, for the rest of the time.
     *
     * @param waitMillis how long a transition may wait in all; negative: until batches and buffers are full
     */
    private static long inTheNetwork(long waitMillis) {
        long half = waitMillis / 2;
        return half < LEAST_NETWORK_WAIT_MILLIS ? Math.min(waitMillis, 0) : half;
    }

    /** Replicates views where few shards have to receive all changes; without REPLICA, nothing is sent. */
    private static Replication replication(JobOptions options, int parallelism, long batchMillis) {
        Replication replication =
                new Replication(options.replicatedRows(), atMost(MOST_REPLICA_WAIT_MILLIS, batchMillis));
        return replication.isWantedOf(parallelism) ? replication : Replication.NONE;
    }

    /** The shorter of two waits, the second forever if negative. */
    private static long atMost(long millis, long waitMillis) {
        return waitMillis < 0 ? millis : Math.min(millis, waitMillis);
    }

    private static <T> void end(DataStream<T> stream, Sink<T> sink, String uid) {
        stream.sinkTo(sink).name(uid).uid(uid);
    }

    /** BOOTSTRAP needs a key's partitioning and no state: without a key context Flink gives it no backend. */
    private static DataStream<TransitionBatch> partitionedOnly(KeyedStream<TransitionBatch, StateKey> keyed) {
        return new DataStream<>(keyed.getExecutionEnvironment(), keyed.getTransformation());
    }

    /** The one place that sets what must be equal for a shard's operators. */
    private static <T> SingleOutputStreamOperator<T> coLocated(
            SingleOutputStreamOperator<T> operator, String uid, JobOptions options, int parallelism) {
        named(operator, uid).setParallelism(parallelism).setMaxParallelism(options.maxParallelism());
        operator.getTransformation().setCoLocationGroupKey(CO_LOCATION_GROUP);
        return operator;
    }

    private static <T> SingleOutputStreamOperator<T> named(SingleOutputStreamOperator<T> operator, String uid) {
        return operator.name(uid).uid(uid);
    }
}

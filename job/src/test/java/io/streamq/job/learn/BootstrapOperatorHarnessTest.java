package io.streamq.job.learn;

import static io.streamq.job.learn.ShardHarness.TAILS;
import static io.streamq.job.learn.ShardHarness.key;
import static io.streamq.job.learn.ShardHarness.last;
import static io.streamq.job.learn.ShardHarness.step;
import static io.streamq.job.learn.ShardHarness.transition;
import static io.streamq.job.policy.PolicyConfigs.halfway;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.streamq.job.metrics.StreamQMetrics;
import io.streamq.job.record.RecordType;
import io.streamq.job.record.Transition;
import io.streamq.job.record.TransitionBatch;
import io.streamq.job.record.TransitionBatchSerializer;
import io.streamq.learning.BootstrapChoice;
import io.streamq.schemas.PolicyConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BootstrapOperatorHarnessTest {
    private static final PolicyConfig.Builder OPTIMISTIC = halfway().setInitialQ(100);
    private static final ShardId ID = new ShardId("graph", 0, 0);

    @AfterEach
    void noMeetingIsLeft() {
        assertThat(Shard.count()).isZero();
    }

    @Test
    void aSuccessorThatNobodyActedInHasNoValueAndIsCounted() throws Exception {
        try (ShardHarness shard = new ShardHarness(OPTIMISTIC, Backend.HASHMAP).open()) {
            shard.learn(last("s", 0, 4));
            assertThat(shard.bootstrap(step("p", 0, 0, "unseen")).nextValue()).isNaN();
            assertThat(shard.bootstrap(step("p", 0, 0, "s")).nextValue()).isEqualTo(100);
            assertThat(shard.count(StreamQMetrics.UNSEEN_SUCCESSORS)).isOne();
        }
    }

    @Test
    void everythingElseTravelsOnAsItCame() throws Exception {
        try (ShardHarness shard = new ShardHarness(OPTIMISTIC, Backend.HASHMAP).open()) {
            Transition transition = transition("s", 1, -3, "ts", TAILS, 0, new long[] {3});
            TransitionBatch valued = shard.bootstrap(transition);
            assertThat(valued.terminated()).isFalse();
            TransitionBatch expected = new TransitionBatch();
            transition.addTo(expected, TransitionBatch.UNSEEN, 0);
            assertThat(bytes(valued)).isEqualTo(bytes(expected));
            assertThat(valued.state()).isEqualTo(key("s"));
            assertThat(valued.nextStateBytes()).isEqualTo(2);
        }
    }

    private static byte[] bytes(TransitionBatch batch) throws IOException {
        DataOutputSerializer output = new DataOutputSerializer(256);
        new TransitionBatchSerializer().serialize(batch, output);
        return output.getCopyOfBuffer();
    }

    /** BOOTSTRAP alone, with a partner that the test plays. */
    private static OneInputStreamOperatorTestHarness<TransitionBatch, TransitionBatch> alone(Duration timeout)
            throws Exception {
        OneInputStreamOperatorTestHarness<TransitionBatch, TransitionBatch> harness =
                new OneInputStreamOperatorTestHarness<>(
                        new BootstrapOperator(timeout, ShardHarness.MAX_PARALLELISM, 0, environment -> ID));
        harness.setup(ShardHarness.serializer(RecordType.TRANSITION_BATCH));
        return harness;
    }

    private static List<Double> nextValues(
            OneInputStreamOperatorTestHarness<TransitionBatch, TransitionBatch> harness) {
        List<Double> values = new ArrayList<>();
        for (TransitionBatch batch : harness.extractOutputValues()) {
            for (batch.rewind(); batch.next(); ) {
                values.add(batch.nextValue());
            }
        }
        harness.getOutput().clear();
        return values;
    }

    @Test
    void whatCameWaitsForOthersAndIsSentHalfAWaitAfterItsSenders() throws Exception {
        BootstrapOperator operator =
                new BootstrapOperator(Duration.ofSeconds(30), ShardHarness.MAX_PARALLELISM, 20, environment -> ID);
        try (var harness = new OneInputStreamOperatorTestHarness<TransitionBatch, TransitionBatch>(operator)) {
            harness.setup(ShardHarness.serializer(RecordType.TRANSITION_BATCH));
            Shard learn =
                    Shard.joinAsLearn(ID, Placement.of(harness.getEnvironment().getTaskInfo()));
            SuccessorView view = new SuccessorView();
            view.add(key("s"), 0, BootstrapChoice.ONLY, new double[] {7}, 1);
            learn.open(view);
            harness.open();
            TransitionBatch sent = new TransitionBatch();
            for (int i = 0; i < 40; i++) { // more than are looked up together
                step("p", 0, i, i % 2 == 0 ? "s" : "unseen").addTo(sent);
            }
            harness.setProcessingTime(1_001);
            harness.processElement(sent, 0);
            harness.setProcessingTime(1_009);
            assertThat(nextValues(harness)).isEmpty();
            harness.setProcessingTime(1_010);
            assertThat(nextValues(harness)).hasSize(40).startsWith(7.0, Double.NaN, 7.0);

            sent.rewind();
            harness.processElement(sent, 0);
            harness.prepareSnapshotPreBarrier(1);
            assertThat(nextValues(harness)).hasSize(40);

            sent.rewind();
            harness.processElement(sent, 0);
            operator.finish();
            assertThat(nextValues(harness)).hasSize(40);
            assertThat(operator.getMetricGroup()
                            .getIOMetricGroup()
                            .getNumRecordsInCounter()
                            .getCount())
                    .isEqualTo(3 * (40 - 1));
            Shard.leave(learn);
        }
    }

    @Test
    void bootstrapDoesNotOpenWithoutLearn() throws Exception {
        try (var harness = alone(Duration.ofMillis(20))) {
            assertThatIllegalStateException()
                    .isThrownBy(harness::open)
                    .withMessageContaining("found no LEARN in its slot within 20 ms");
        }
    }

    @Test
    void bootstrapThatIsPlacedOtherwiseThanLearnEndsTheJob() throws Exception {
        try (var harness = alone(Duration.ofSeconds(30))) {
            Placement here = Placement.of(harness.getEnvironment().getTaskInfo());
            Placement there = new Placement(2, here.maxParallelism(), here.keyGroups(), here.slot());
            Shard learn = Shard.joinAsLearn(ID, there);
            assertThatExceptionOfType(SuppressRestartsException.class)
                    .isThrownBy(harness::open)
                    .havingCause()
                    .withMessageContaining("they differ in parallelism 1 and 2.");
            Shard.leave(learn);
        }
    }
}

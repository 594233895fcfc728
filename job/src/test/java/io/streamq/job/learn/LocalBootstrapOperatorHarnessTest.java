package io.streamq.job.learn;

import static io.streamq.job.learn.ShardHarness.key;
import static io.streamq.job.learn.ShardHarness.last;
import static io.streamq.job.learn.ShardHarness.step;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.job.record.RecordType;
import io.streamq.job.record.Transition;
import io.streamq.job.record.TransitionBatch;
import io.streamq.learning.BootstrapChoice;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The shortcut past BOOTSTRAP takes what it can answer, and nothing else. */
class LocalBootstrapOperatorHarnessTest {
    private static final int KEY_GROUPS = 128;
    private static final ShardId SOURCE = new ShardId("graph", 0, 3);

    private OneInputStreamOperatorTestHarness<Transition, TransitionBatch> shortcut;
    private Shard learn;

    @BeforeEach
    void openTheShortcut() throws Exception {
        shortcut = new OneInputStreamOperatorTestHarness<>(
                new LocalBootstrapOperator(KEY_GROUPS, 0, environment -> SOURCE));
        shortcut.setup(ShardHarness.serializer(RecordType.TRANSITION_BATCH));
        shortcut.open();
    }

    @AfterEach
    void close() throws Exception {
        shortcut.close();
        Shard.leave(learn);
        assertThat(Shard.count()).isZero();
    }

    /** A shard of all keys whose LEARN holds one row, of value 7. */
    private void joinLearn(ShardId id, int keyGroups) {
        learn = Shard.joinAsLearn(id, new Placement(1, keyGroups, KeyGroupRange.of(0, keyGroups - 1), "slot"));
    }

    private void openLearn() {
        SuccessorView view = new SuccessorView();
        view.add(key("s"), 0, BootstrapChoice.ONLY, new double[] {7}, 1);
        learn.open(view);
    }

    private void process(Transition transition) throws Exception {
        shortcut.processElement(transition, 0);
    }

    /** Of what was sent to LEARN, in the order in which it was sent. */
    private List<Double> nextValues() {
        List<Double> values = new ArrayList<>();
        for (TransitionBatch batch : shortcut.extractOutputValues()) {
            for (batch.rewind(); batch.next(); ) {
                values.add(batch.nextValue());
            }
        }
        return values;
    }

    private int remote() {
        var sideOutput = shortcut.getSideOutput(LocalBootstrapOperator.REMOTE);
        return sideOutput == null ? 0 : sideOutput.size();
    }

    @Test
    void aSuccessorInThisJvmIsLookedUpAtOnce() throws Exception {
        joinLearn(new ShardId("graph", 1, 3), KEY_GROUPS);
        openLearn();
        process(step("p", 0, 0, "s"));
        process(step("p", 0, 0, "unseen"));
        assertThat(nextValues()).containsExactly(7.0, TransitionBatch.UNSEEN);
        assertThat(remote()).isZero();
    }

    @Test
    void aTerminatedStepHasNothingToLookUp() throws Exception {
        process(last("s", 0, 4));
        assertThat(nextValues()).containsExactly(0.0);
        assertThat(remote()).isZero();
    }

    @Test
    void aSuccessorElsewhereGoesToItsOwnShard() throws Exception {
        process(step("p", 0, 0, "s"));
        assertThat(shortcut.extractOutputValues()).isEmpty();
        assertThat(remote()).isOne();
    }

    @Test
    void aShardThatStillRestoresIsNotRead() throws Exception {
        joinLearn(new ShardId("graph", 0, 3), KEY_GROUPS);
        process(step("p", 0, 0, "s"));
        assertThat(remote()).isOne();
    }

    @Test
    void aShardThatOpensLaterIsFound() throws Exception {
        joinLearn(new ShardId("graph", 0, 3), KEY_GROUPS);
        process(step("p", 0, 0, "s"));
        openLearn();
        for (int i = 0; shortcut.extractOutputValues().isEmpty() && i < 10_000; i++) {
            process(step("p", 0, 0, "s"));
        }
        assertThat(nextValues()).containsExactly(7.0);
    }

    @Test
    void theShardOfAnotherAttemptIsNotRead() throws Exception {
        joinLearn(new ShardId("graph", 0, 2), KEY_GROUPS);
        openLearn();
        process(step("p", 0, 0, "s"));
        assertThat(remote()).isOne();
    }

    @Test
    void theShardOfAnotherJobIsNotRead() throws Exception {
        joinLearn(new ShardId("another graph", 0, 3), KEY_GROUPS);
        openLearn();
        process(step("p", 0, 0, "s"));
        assertThat(remote()).isOne();
    }

    @Test
    void aShardThatDividesKeysOtherwiseIsNotRead() throws Exception {
        joinLearn(new ShardId("graph", 0, 3), 64);
        openLearn();
        process(step("p", 0, 0, "s"));
        assertThat(remote()).isOne();
    }

    /** One that lets transitions wait for others. */
    private void openThatWaits(long waitMillis) throws Exception {
        shortcut.close();
        shortcut = new OneInputStreamOperatorTestHarness<>(
                new LocalBootstrapOperator(KEY_GROUPS, waitMillis, environment -> SOURCE));
        shortcut.setup(ShardHarness.serializer(RecordType.TRANSITION_BATCH));
        shortcut.open();
        joinLearn(new ShardId("graph", 0, 3), KEY_GROUPS);
        openLearn();
    }

    @Test
    void transitionsWaitForOthersAndNoLonger() throws Exception {
        openThatWaits(20);
        shortcut.setProcessingTime(1_003);
        process(step("p", 0, 0, "s"));
        process(last("p", 0, 0));
        shortcut.setProcessingTime(1_019);
        assertThat(nextValues()).isEmpty();
        shortcut.setProcessingTime(1_020);
        assertThat(nextValues())
                .containsExactly(7.0, 0.0); // in their order, as a state's legal actions may depend on it

        shortcut.getOutput().clear();
        process(step("p", 0, 0, "s"));
        shortcut.setProcessingTime(1_040);
        assertThat(nextValues()).containsExactly(7.0);
    }

    @Test
    void nothingWaitsWhenACheckpointBegins() throws Exception {
        openThatWaits(20);
        process(step("p", 0, 0, "s"));
        shortcut.prepareSnapshotPreBarrier(1);
        assertThat(nextValues()).containsExactly(7.0);
    }

    @Test
    void nothingWaitsAtTheEndOfTheInput() throws Exception {
        openThatWaits(20);
        process(step("p", 0, 0, "s"));
        shortcut.getOneInputOperator().finish();
        assertThat(nextValues()).containsExactly(7.0);
    }

    @Test
    void withoutATimeTransitionsWaitUntilTheirBatchIsFull() throws Exception {
        openThatWaits(-1);
        process(step("p", 0, 0, "s"));
        shortcut.setProcessingTime(1_000_000);
        assertThat(nextValues()).isEmpty();
        for (int i = 0; i < 1_000; i++) {
            process(step("p", 0, 0, "s"));
        }
        assertThat(nextValues()).isNotEmpty().containsOnly(7.0);
    }

    @Test
    void flinkCountsTransitionsNotBatches() throws Exception {
        openThatWaits(20);
        for (int i = 0; i < 5; i++) {
            process(step("p", 0, 0, "s"));
        }
        shortcut.prepareSnapshotPreBarrier(1);
        assertThat(shortcut.getOutput()).hasSize(1);
        // And the one that Flink counts for the batch, outside of the harness.
        assertThat(shortcut.getOperator()
                        .getMetricGroup()
                        .getIOMetricGroup()
                        .getNumRecordsOutCounter()
                        .getCount())
                .isEqualTo(5 - 1);
        assertThat(shortcut.getEnvironment()
                        .getMetricGroup()
                        .getIOMetricGroup()
                        .getNumRecordsOutCounter()
                        .getCount())
                .isEqualTo(5 - 1);
    }
}

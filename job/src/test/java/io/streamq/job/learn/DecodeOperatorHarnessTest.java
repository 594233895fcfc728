package io.streamq.job.learn;

import static io.streamq.job.learn.ShardHarness.key;
import static io.streamq.job.learn.ShardHarness.last;
import static io.streamq.job.learn.ShardHarness.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.streamq.job.record.RecordType;
import io.streamq.job.record.Rejection;
import io.streamq.job.record.SourceRecords;
import io.streamq.job.record.StateKey;
import io.streamq.job.record.Transition;
import io.streamq.job.record.TransitionBatch;
import io.streamq.job.rejection.DeadLetters;
import io.streamq.learning.BootstrapChoice;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.Experience;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The decode past BOOTSTRAP takes what it can answer, and nothing else. */
class DecodeOperatorHarnessTest {
    private static final int KEY_GROUPS = 128;
    private static final AvroCodec<Experience> CODEC = AvroCodec.experience();
    private static final ShardId SOURCE = new ShardId("graph", 0, 3);

    private OneInputStreamOperatorTestHarness<SourceRecords, TransitionBatch> decode;
    private Shard learn;

    @BeforeEach
    void openDecode() throws Exception {
        decode = new OneInputStreamOperatorTestHarness<>(new DecodeOperator(KEY_GROUPS, 0, environment -> SOURCE));
        decode.setup(ShardHarness.serializer(RecordType.TRANSITION_BATCH));
        decode.open();
    }

    @AfterEach
    void close() throws Exception {
        decode.close();
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

    private void reopenLearn(SuccessorView view) throws Exception {
        Shard.leave(learn);
        joinLearn(new ShardId("graph", 0, 3), KEY_GROUPS);
        learn.open(view);
    }

    private void process(Transition transition) throws Exception {
        process(encoded(transition));
    }

    private static byte[] encoded(Transition transition) {
        StateKey nextState = transition.nextState();
        Experience experience = Experience.newBuilder()
                .setPolicyId(transition.state().policyId())
                .setState(transition.state().state())
                .setAction(transition.action())
                .setReward(transition.reward())
                .setNextState(nextState == null ? null : nextState.state())
                .setTerminated(nextState == null)
                .build();
        return CODEC.encode(experience);
    }

    /** Values of records that come together. */
    private void process(byte[]... values) throws Exception {
        SourceRecords records = new SourceRecords();
        for (int i = 0; i < values.length; i++) {
            records.add(0, i, 2, null, values[i]);
        }
        decode.processElement(records, 0);
    }

    /** Of what was sent to LEARN, in the order in which it was sent. */
    private List<Double> nextValues() {
        List<Double> values = new ArrayList<>();
        for (TransitionBatch batch : decode.extractOutputValues()) {
            for (batch.rewind(); batch.next(); ) {
                values.add(batch.nextValue());
            }
        }
        return values;
    }

    private int remote() {
        var sideOutput = decode.getSideOutput(DecodeOperator.REMOTE);
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
    void whatCannotBeLearntFromLeavesByTheSideAndNothingOfItStays() throws Exception {
        joinLearn(new ShardId("graph", 0, 3), KEY_GROUPS);
        openLearn();
        process(step("p", 0, 0, "s"));
        process("no avro".getBytes(StandardCharsets.UTF_8));
        process(step("p", -1, 0, "s"));
        process(last("p", 0, 0));
        assertThat(nextValues()).containsExactly(7.0, 0.0);
        assertThat(decode.getSideOutput(DeadLetters.TAG))
                .extracting(letter -> letter.getValue().rejection())
                .containsExactly(Rejection.NOT_AVRO, Rejection.ACTION_OUT_OF_RANGE);
    }

    /** Of many key groups, with keys of all lengths, until their batches have grown several times. */
    @Test
    void eachTransitionGetsTheValueOfItsOwnSuccessor() throws Exception {
        openThatWaits(-1);
        SuccessorView view = new SuccessorView();
        List<String> names = IntStream.range(0, 60)
                .mapToObj("s"::repeat)
                .map(name -> "t" + name)
                .toList();
        for (int i = 0; i < names.size(); i++) {
            var unused = view.add(key(names.get(i)), 0, BootstrapChoice.ONLY, new double[] {i}, 1);
        }
        reopenLearn(view);
        int count = 2_000;
        for (int i = 0; i < count; i++) {
            process(
                    i % 7 == 0
                            ? last(names.get(i % 11), i % 5, -1)
                            : step(names.get(i % 11), i % 5, i % names.size(), names.get(i % names.size())));
        }
        decode.prepareSnapshotPreBarrier(1);
        int seen = 0;
        for (TransitionBatch batch : decode.extractOutputValues()) {
            for (batch.rewind(); batch.next(); seen++) {
                assertThat(batch.nextValue()).isEqualTo(batch.terminated() ? 0 : batch.reward());
                assertThat(names.subList(0, 11)).contains(batch.state().state());
            }
        }
        assertThat(seen).isEqualTo(count);
        assertThat(remote()).isZero();
    }

    /** One record may be a megabyte: sixteen of them would be sixteen in one batch. */
    @Test
    void largeRecordsDoNotWaitForOthers() throws Exception {
        openThatWaits(-1);
        for (int i = 0; i < 5; i++) {
            process(step("x".repeat(20_000), 0, 0, "s"));
        }
        assertThat(decode.extractOutputValues()).hasSize(5);
        assertThat(nextValues()).containsOnly(7.0);
    }

    /** In the middle of others that are looked up together here. */
    @Test
    void aSuccessorElsewhereLeavesNothingBehind() throws Exception {
        openThatWaits(20, KEY_GROUPS / 2);
        List<String> names = IntStream.range(0, 40).mapToObj(i -> "s" + i).toList();
        for (String name : names) {
            process(step("p", 0, 0, name));
            process(last("p", 0, 0));
        }
        decode.prepareSnapshotPreBarrier(1);
        assertThat(nextValues().stream().filter(value -> value == 0)).hasSize(40);
        int elsewhere = 0;
        for (StreamRecord<TransitionBatch> sent : decode.getSideOutput(DecodeOperator.REMOTE)) {
            for (sent.getValue().rewind(); sent.getValue().next(); elsewhere++) {
                assertThat(KeyGroupRangeAssignment.assignToKeyGroup(
                                sent.getValue().nextState(), KEY_GROUPS))
                        .isGreaterThanOrEqualTo(KEY_GROUPS / 2);
            }
        }
        assertThat(elsewhere).isBetween(1, 39);
        assertThat(nextValues()).hasSize(80 - elsewhere);
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
        assertThat(decode.extractOutputValues()).isEmpty();
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
        for (int i = 0; decode.extractOutputValues().isEmpty() && i < 10_000; i++) {
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
        openThatWaits(waitMillis, KEY_GROUPS);
    }

    /** The same, where only the first so many key groups are in this JVM. */
    private void openThatWaits(long waitMillis, int keyGroupsHere) throws Exception {
        decode.close();
        decode = new OneInputStreamOperatorTestHarness<>(
                new DecodeOperator(KEY_GROUPS, waitMillis, environment -> SOURCE));
        decode.setup(ShardHarness.serializer(RecordType.TRANSITION_BATCH));
        decode.open();
        learn = Shard.joinAsLearn(
                new ShardId("graph", 0, 3),
                new Placement(2, KEY_GROUPS, KeyGroupRange.of(0, keyGroupsHere - 1), "slot"));
        openLearn();
    }

    @Test
    void transitionsWaitForOthersAndNoLonger() throws Exception {
        openThatWaits(20);
        decode.setProcessingTime(1_003);
        process(step("p", 0, 0, "s"));
        process(last("p", 0, 0));
        decode.setProcessingTime(1_019);
        assertThat(nextValues()).isEmpty();
        decode.setProcessingTime(1_020);
        assertThat(nextValues())
                .containsExactly(7.0, 0.0); // in their order, as a state's legal actions may depend on it

        decode.getOutput().clear();
        process(step("p", 0, 0, "s"));
        decode.setProcessingTime(1_040);
        assertThat(nextValues()).containsExactly(7.0);
    }

    @Test
    void nothingWaitsWhenACheckpointBegins() throws Exception {
        openThatWaits(20);
        process(step("p", 0, 0, "s"));
        decode.prepareSnapshotPreBarrier(1);
        assertThat(nextValues()).containsExactly(7.0);
    }

    @Test
    void nothingWaitsAtTheEndOfTheInput() throws Exception {
        openThatWaits(20);
        process(step("p", 0, 0, "s"));
        decode.getOneInputOperator().finish();
        assertThat(nextValues()).containsExactly(7.0);
    }

    @Test
    void withoutATimeTransitionsWaitUntilTheirBatchIsFull() throws Exception {
        openThatWaits(-1);
        process(step("p", 0, 0, "s"));
        decode.setProcessingTime(1_000_000);
        assertThat(nextValues()).isEmpty();
        for (int i = 0; i < 1_000; i++) {
            process(step("p", 0, 0, "s"));
        }
        assertThat(nextValues()).isNotEmpty().containsOnly(7.0);
    }

    @Test
    void recordsThatComeTogetherLeaveTogetherButForThoseThatCannotBeLearntFrom() throws Exception {
        joinLearn(new ShardId("graph", 0, 3), KEY_GROUPS);
        openLearn();
        process(
                encoded(step("p", 0, 0, "s")),
                "no avro".getBytes(StandardCharsets.UTF_8),
                encoded(last("p", 0, 0)),
                null,
                encoded(step("p", 0, 0, "unseen")));
        assertThat(decode.extractOutputValues()).hasSize(1);
        assertThat(nextValues()).containsExactly(7.0, 0.0, TransitionBatch.UNSEEN);
        assertThat(decode.getSideOutput(DeadLetters.TAG))
                .extracting(letter -> letter.getValue().source().offset(), letter -> letter.getValue()
                        .rejection())
                .containsExactly(tuple(1L, Rejection.NOT_AVRO), tuple(3L, Rejection.VALUE_MISSING));
    }

    @Test
    void flinkCountsTransitionsNotBatches() throws Exception {
        openThatWaits(20);
        byte[] step = encoded(step("p", 0, 0, "s"));
        process(step, step);
        process(step, step, step);
        decode.prepareSnapshotPreBarrier(1);
        assertThat(decode.getOutput()).hasSize(1);
        // And the one that Flink counts for each pack and for the batch, outside of the harness.
        assertThat(decode.getOperator()
                        .getMetricGroup()
                        .getIOMetricGroup()
                        .getNumRecordsInCounter()
                        .getCount())
                .isEqualTo(5 - 2);
        assertThat(decode.getOperator()
                        .getMetricGroup()
                        .getIOMetricGroup()
                        .getNumRecordsOutCounter()
                        .getCount())
                .isEqualTo(5 - 1);
        assertThat(decode.getEnvironment()
                        .getMetricGroup()
                        .getIOMetricGroup()
                        .getNumRecordsOutCounter()
                        .getCount())
                .isEqualTo(5 - 1);
    }
}

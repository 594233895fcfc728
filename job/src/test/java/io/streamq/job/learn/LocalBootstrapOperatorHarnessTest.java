package io.streamq.job.learn;

import static io.streamq.job.learn.ShardHarness.key;
import static io.streamq.job.learn.ShardHarness.last;
import static io.streamq.job.learn.ShardHarness.step;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.job.record.RecordType;
import io.streamq.job.record.Transition;
import io.streamq.job.record.ValuedTransition;
import io.streamq.learning.BootstrapChoice;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The shortcut past BOOTSTRAP takes what it can answer, and nothing else. */
class LocalBootstrapOperatorHarnessTest {
    private static final int KEY_GROUPS = 128;
    private static final ShardId SOURCE = new ShardId("graph", 0, 3);

    private OneInputStreamOperatorTestHarness<Transition, ValuedTransition> shortcut;
    private Shard learn;

    @BeforeEach
    void openTheShortcut() throws Exception {
        shortcut =
                new OneInputStreamOperatorTestHarness<>(new LocalBootstrapOperator(KEY_GROUPS, environment -> SOURCE));
        shortcut.setup(ShardHarness.serializer(RecordType.VALUED_TRANSITION));
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
        assertThat(shortcut.extractOutputValues())
                .extracting(ValuedTransition::nextValue)
                .containsExactly(7.0, ValuedTransition.UNSEEN);
        assertThat(remote()).isZero();
    }

    @Test
    void aTerminatedStepHasNothingToLookUp() throws Exception {
        process(last("s", 0, 4));
        assertThat(shortcut.extractOutputValues())
                .singleElement()
                .matches(ValuedTransition::terminated)
                .extracting(ValuedTransition::nextValue)
                .isEqualTo(0.0);
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
        assertThat(shortcut.extractOutputValues())
                .singleElement()
                .extracting(ValuedTransition::nextValue)
                .isEqualTo(7.0);
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
}

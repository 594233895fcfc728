package io.streamq.job.learn;

import static io.streamq.job.learn.ShardHarness.HEADS;
import static io.streamq.job.learn.ShardHarness.MAX_PARALLELISM;
import static io.streamq.job.learn.ShardHarness.TAILS;
import static io.streamq.job.learn.ShardHarness.key;
import static io.streamq.job.learn.ShardHarness.last;
import static io.streamq.job.learn.ShardHarness.share;
import static io.streamq.job.learn.ShardHarness.step;
import static io.streamq.job.learn.ShardHarness.transition;
import static io.streamq.job.policy.PolicyConfigs.control;
import static io.streamq.job.policy.PolicyConfigs.halfway;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.streamq.job.metrics.StreamQMetrics;
import io.streamq.job.record.PolicyChange;
import io.streamq.job.record.Rejection;
import io.streamq.job.record.StateKey;
import io.streamq.job.record.Transition;
import io.streamq.job.record.TransitionBatch;
import io.streamq.learning.ActionSet;
import io.streamq.learning.QRow;
import io.streamq.schemas.AlgorithmKind;
import io.streamq.schemas.EmissionConfig;
import io.streamq.schemas.PolicyConfig;
import io.streamq.schemas.UpdateReason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.state.changelog.Changelogs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LearnOperatorHarnessTest {
    private static final PolicyConfig.Builder Q_LEARNING = halfway();
    private static final PolicyConfig.Builder OPTIMISTIC = halfway().setInitialQ(100);

    @AfterEach
    void noMeetingIsLeft() {
        assertThat(Shard.count()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void anUpdateIsAppliedAndBootstrapSeesIt(Backend backend) throws Exception {
        try (ShardHarness shard = new ShardHarness(Q_LEARNING, backend).open()) {
            shard.learn(last("s", 1, 4)); // Q(s,1) = 4 / 2
            shard.learn(step("p", 0, 1, "s")); // Q(p,0) = (1 + 0.5 * 2) / 2
            assertThat(shard.row("s").value(0, 1)).isEqualTo(2);
            assertThat(shard.row("p").value(0, 0)).isEqualTo(1);
            assertThat(shard.row("p").visits(0)).isOne();

            shard.learn(last("s", 1, -8)); // Q(s,1) = 2 + (-8 - 2) / 2 = -3, so V(s) = Q(s,0) = 0
            assertThat(shard.bootstrap(step("p", 0, 1, "s")).nextValue()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void experiencesOfANewStateInOneBatchAllCount(Backend backend) throws Exception {
        try (ShardHarness shard = new ShardHarness(Q_LEARNING, backend).open()) {
            shard.apply(batch("s", "s", "s"));
            assertThat(shard.row("s").visits(0)).isEqualTo(3);
            assertThat(shard.row("s").value(0, 0)).isEqualTo(3.5); // 2, 3, 3.5
        }
    }

    /** States are looked up ahead: where they were found is not where they are once the table has grown. */
    @ParameterizedTest
    @EnumSource(Backend.class)
    void experiencesBetweenThoseOfNewStatesInOneBatchAllCount(Backend backend) throws Exception {
        try (ShardHarness shard = new ShardHarness(Q_LEARNING, backend).open()) {
            List<String> states = new ArrayList<>();
            for (int i = 0; i < 3_000; i++) {
                states.add("known " + i % 8);
                states.add("new " + i);
            }
            shard.apply(batch(states.toArray(String[]::new)));
            for (int i = 0; i < 8; i++) {
                assertThat(shard.row("known " + i).visits(0)).isEqualTo(375);
            }
            for (int i = 0; i < 3_000; i++) {
                assertThat(shard.row("new " + i).visits(0)).isOne();
            }
        }
    }

    private static TransitionBatch batch(String... states) {
        TransitionBatch batch = new TransitionBatch();
        for (String state : states) {
            last(state, 0, 4).addTo(batch, 0, 0);
        }
        return batch;
    }

    @Test
    void aTerminatedStepIsWorthItsRewardWhateverTheRowsSay() throws Exception {
        try (ShardHarness shard = new ShardHarness(OPTIMISTIC, Backend.HASHMAP).open()) {
            shard.learn(last("s", 0, 0), last("s", 0, 0));
            assertThat(shard.row("s").value(0, 0)).isEqualTo(25); // 100, 50, 25: no optimism leaks in
            assertThat(shard.row("s").value(0, 1)).isEqualTo(100);
        }
    }

    @Test
    void anExperiencesOwnDiscountComesFirst() throws Exception {
        try (ShardHarness shard = new ShardHarness(OPTIMISTIC, Backend.HASHMAP).open()) {
            Transition plain = step("s", 0, 0, "unseen");
            Transition discounted =
                    new Transition(plain.state(), plain.nextState(), 1, 0, 0.25, HEADS, -1, null, plain.source());
            shard.learn(plain, discounted);
            assertThat(shard.row("s").value(0, 0)).isEqualTo((100 + 0.5 * 100) / 2);
            assertThat(shard.row("s").value(0, 1)).isEqualTo((100 + 0.25 * 100) / 2);
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void doubleQLearningTossesATableAndBootstrapsFromTheOther(Backend backend) throws Exception {
        try (ShardHarness shard = new ShardHarness(halfway(AlgorithmKind.DOUBLE_Q_LEARNING), backend).open()) {
            shard.learn(last("s", 0, 8, HEADS), last("s", 1, 4, TAILS)); // A = (4, 0), B = (0, 2)
            QRow row = shard.row("s");
            assertThat(row.value(0, 0)).isEqualTo(4);
            assertThat(row.value(1, 1)).isEqualTo(2);
            assertThat(row.visits(1, 0)).isZero();
            // The best of A by B, the best of B by A: both 0, where either maximum would say 4 or 2.
            assertThat(shard.bootstrap(transition("p", 0, 0, "s", HEADS, -1, null))
                            .nextValue())
                    .isZero();

            shard.learn(last("s", 0, 2, TAILS)); // B = (1, 2)
            assertThat(shard.bootstrap(transition("p", 0, 0, "s", HEADS, -1, null))
                            .nextValue())
                    .isEqualTo(1);
            assertThat(shard.bootstrap(transition("p", 0, 0, "s", TAILS, -1, null))
                            .nextValue())
                    .isZero();
        }
    }

    @Test
    void sarsaBootstrapsTheActionThatWasTaken() throws Exception {
        try (ShardHarness shard = new ShardHarness(halfway(AlgorithmKind.SARSA), Backend.HASHMAP).open()) {
            shard.learn(last("s", 0, 8), last("s", 1, -4));
            assertThat(shard.bootstrap(transition("p", 0, 0, "s", HEADS, 0, null))
                            .nextValue())
                    .isEqualTo(4);
            assertThat(shard.bootstrap(transition("p", 0, 0, "s", HEADS, 1, null))
                            .nextValue())
                    .isEqualTo(-2);
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void aRowIsAnnouncedWhenItIsNewAndWhenItsGreedyActionChanges(Backend backend) throws Exception {
        try (ShardHarness shard = new ShardHarness(Q_LEARNING, backend)) {
            shard.learn.setProcessingTime(1000);
            shard.open();
            assertThat(shard.learn(last("s", 1, 4))).singleElement().satisfies(first -> {
                assertThat(first.state()).isEqualTo(key("s"));
                assertThat(first.action()).isEqualTo(1);
                assertThat(first.qValues()).containsExactly(0, 2);
                assertThat(first.visits()).containsExactly(0, 1);
                assertThat(first.version()).isEqualTo(1);
                assertThat(first.epoch()).isEqualTo(1000);
                assertThat(first.reason()).isEqualTo(UpdateReason.FIRST);
                assertThat(first.updatedAtMillis()).isEqualTo(1000);
            });
            assertThat(shard.learn(last("s", 1, 4))).isEmpty(); // Q = (0, 3)
            shard.learn.setProcessingTime(2000);
            assertThat(shard.learn(last("s", 0, 8)))
                    .singleElement()
                    .satisfies(
                            changed -> { // Q = (4, 3)
                                assertThat(changed.action()).isZero();
                                assertThat(changed.qValues()).containsExactly(4, 3);
                                assertThat(changed.visits()).containsExactly(1, 2);
                                assertThat(changed.version()).isEqualTo(2);
                                assertThat(changed.epoch()).isEqualTo(1000);
                                assertThat(changed.reason()).isEqualTo(UpdateReason.GREEDY_ACTION_CHANGED);
                                assertThat(changed.updatedAtMillis()).isEqualTo(2000);
                            });
            assertThat(shard.learn(last("s", 1, 5))).isEmpty(); // Q = (4, 4): the incumbent stays
        }
    }

    @Test
    void aRowIsAnnouncedWhenItsValueMovedFurtherThanTolerated() throws Exception {
        PolicyConfig.Builder tolerant =
                halfway().setEmissionBuilder(EmissionConfig.newBuilder().setValueTolerance(0.75));
        try (ShardHarness shard = new ShardHarness(tolerant, Backend.HASHMAP).open()) {
            shard.learn(last("s", 0, 4)); // announced at 2
            assertThat(shard.learn(last("s", 0, 3))).isEmpty(); // 2.5
            assertThat(shard.learn(last("s", 0, 3.5))) // 3: one from 2, though only half from 2.5
                    .singleElement()
                    .extracting(PolicyChange::reason, PolicyChange::version)
                    .containsExactly(UpdateReason.VALUE_CHANGED, 2L);
        }
    }

    @Test
    void doubleQLearningAnnouncesTheMeanOfBothTables() throws Exception {
        try (ShardHarness shard = new ShardHarness(halfway(AlgorithmKind.DOUBLE_Q_LEARNING), Backend.HASHMAP).open()) {
            shard.learn(last("s", 0, 8, HEADS)); // A = (4, 0)
            assertThat(shard.learn(last("s", 1, 16, TAILS)))
                    .singleElement()
                    .satisfies(
                            change -> { // B = (0, 8)
                                assertThat(change.action()).isEqualTo(1);
                                assertThat(change.qValues()).containsExactly(2, 4);
                                assertThat(change.visits()).containsExactly(1, 1);
                            });
        }
    }

    @ParameterizedTest
    @CsvSource({"HASHMAP,HASHMAP", "ROCKSDB,ROCKSDB", "HASHMAP,ROCKSDB", "ROCKSDB,HASHMAP"})
    void aRestoredTableIsEqualBitForBitAndSeenBeforeTheFirstRecord(Backend from, Backend to) throws Exception {
        Map<StateKey, QRow> before;
        OperatorSubtaskState snapshot;
        try (ShardHarness shard = new ShardHarness(Q_LEARNING, from).open()) {
            shard.learn(manySteps(1));
            before = shard.rows();
            snapshot = from == to ? shard.snapshot() : shard.savepoint();
        }
        try (ShardHarness shard = new ShardHarness(Q_LEARNING, to).open(snapshot)) {
            assertThat(shard.rows()).isEqualTo(before);
            assertThat(shard.gauge(StreamQMetrics.ROWS)).isEqualTo(before.size());
            for (Map.Entry<StateKey, QRow> row : before.entrySet()) {
                Transition into = step("p", 0, 0, row.getKey().state());
                assertThat(shard.bootstrap(into).nextValue())
                        .isEqualTo(row.getValue().value(0, row.getValue().bestLegalAction()));
            }
            assertThat(shard.count(StreamQMetrics.UNSEEN_SUCCESSORS)).isZero();
        }
    }

    @Test
    void bootstrapWaitsUntilLearnHasRestored() throws Exception {
        OperatorSubtaskState snapshot;
        try (ShardHarness shard = new ShardHarness(Q_LEARNING, Backend.HASHMAP).open()) {
            shard.learn(last("s", 0, 8));
            snapshot = shard.snapshot();
        }
        try (ShardHarness shard = new ShardHarness(Q_LEARNING, Backend.HASHMAP)) {
            FutureTask<ShardHarness> bootstrapOpens = new FutureTask<>(shard::bootstrapComes);
            Thread task = new Thread(bootstrapOpens, "bootstrap");
            task.start();
            await().until(() -> task.getState() == Thread.State.TIMED_WAITING); // until LEARN comes
            shard.learnComes();
            await().until(() -> task.getState() == Thread.State.WAITING); // for as long as it restores
            shard.learnRestores(snapshot);
            bootstrapOpens.get();
            assertThat(shard.bootstrap(step("p", 0, 0, "s")).nextValue()).isEqualTo(4);
        }
    }

    /** Or it would be killed with its TaskManager, and all that runs there. */
    @Test
    void aTaskThatIsCancelledStopsRestoring() throws Exception {
        OperatorSubtaskState snapshot;
        try (ShardHarness shard = new ShardHarness(Q_LEARNING, Backend.HASHMAP).open()) {
            TransitionBatch batch = new TransitionBatch();
            for (int i = 0; i < 10_000; i++) {
                last("s" + i, 0, 4).addTo(batch, 0, 0);
            }
            shard.learn.process(batch);
            snapshot = shard.snapshot();
        }
        try (ShardHarness shard = new ShardHarness(Q_LEARNING, Backend.HASHMAP).learnComes()) {
            shard.learn.initializeState(snapshot);
            Thread.currentThread().interrupt();
            assertThatExceptionOfType(InterruptedException.class)
                    .isThrownBy(shard.learn::open)
                    .withMessage("cancelled after going over 4096 rows to restore them");
        } finally {
            Thread.interrupted(); // whatever became of it, no other test is to see it
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void theFirstTouchAfterARestoreAnnouncesEvenWhatDidNotChangeAndOnlyOnce(Backend backend) throws Exception {
        OperatorSubtaskState snapshot;
        long epoch;
        try (ShardHarness shard = new ShardHarness(Q_LEARNING, backend)) {
            shard.learn.setProcessingTime(1000);
            epoch = shard.open().learn(last("s", 0, 4)).get(0).epoch();
            snapshot = shard.snapshot();
        }
        try (ShardHarness shard = new ShardHarness(Q_LEARNING, backend)) {
            shard.learn.setProcessingTime(2000);
            shard.open(snapshot);
            assertThat(shard.learn(last("s", 0, 2)))
                    .singleElement()
                    .satisfies(
                            restored -> { // still 2
                                assertThat(restored.reason()).isEqualTo(UpdateReason.RESTORED);
                                assertThat(restored.version()).isEqualTo(2);
                                assertThat(restored.epoch()).isEqualTo(2000).isGreaterThan(epoch);
                                assertThat(restored.qValues()).containsExactly(2, 0);
                                assertThat(restored.visits()).containsExactly(2, 0);
                            });
            assertThat(shard.learn(last("s", 0, 2))).isEmpty();
        }
    }

    @Test
    void anEpochIsGreaterThanThatOfEveryRestoredRowThoughTheClockWentBack() throws Exception {
        OperatorSubtaskState snapshot;
        try (ShardHarness shard = new ShardHarness(Q_LEARNING, Backend.HASHMAP)) {
            shard.learn.setProcessingTime(5000);
            shard.open().learn(last("s", 0, 4), last("t", 0, 4));
            snapshot = shard.snapshot();
        }
        try (ShardHarness shard = new ShardHarness(Q_LEARNING, Backend.HASHMAP)) {
            shard.learn.setProcessingTime(10);
            assertThat(shard.open(snapshot).learn(last("s", 0, 2), last("new", 0, 2)))
                    .extracting(PolicyChange::epoch)
                    .containsExactly(5001L, 5001L);
        }
    }

    /** A tombstone was the last that agents heard, and what is announced next would count for older than that. */
    @Test
    void anEpochIsGreaterThanThatOfEveryTombstoneThoughTheClockWentBack() throws Exception {
        OperatorSubtaskState first;
        OperatorSubtaskState second;
        long ofTombstone;
        try (ShardHarness shard =
                new ShardHarness(halfway(), Backend.HASHMAP).at(9_000_000).open()) {
            shard.learn(last("s", 0, 4));
            PolicyChange tombstone =
                    shard.configure(control("p", halfway().setGeneration(1))).get(0);
            assertThat(tombstone.isTombstone()).isTrue();
            ofTombstone = tombstone.epoch();
            first = shard.snapshot();
        }
        try (ShardHarness shard =
                new ShardHarness(halfway(), Backend.HASHMAP).at(5_000_000).open(first)) {
            second = shard.snapshot(); // before any row is there
        }
        try (ShardHarness shard =
                new ShardHarness(halfway(), Backend.HASHMAP).at(5_000_000).open(second)) {
            assertThat(shard.learn(last("s", 0, 4)).get(0).epoch()).isGreaterThan(ofTombstone);
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void rescalingKeepsEveryRowOnceAndAsItWas(Backend backend) throws Exception {
        Map<StateKey, QRow> before;
        OperatorSubtaskState whole;
        try (ShardHarness shard = new ShardHarness(Q_LEARNING, backend).open()) {
            shard.learn(manySteps(2));
            before = shard.rows();
            whole = shard.snapshot();
        }
        Map<StateKey, QRow> halves = new HashMap<>();
        OperatorSubtaskState[] snapshots = new OperatorSubtaskState[2];
        for (int subtask = 0; subtask < 2; subtask++) {
            try (ShardHarness shard =
                    new ShardHarness(Q_LEARNING, backend, 2, subtask).open(share(1, 2, subtask, whole))) {
                for (Map.Entry<StateKey, QRow> row : shard.rows().entrySet()) {
                    assertThat(KeyGroupRangeAssignment.assignKeyToParallelOperator(row.getKey(), MAX_PARALLELISM, 2))
                            .isEqualTo(subtask);
                    assertThat(halves.put(row.getKey(), row.getValue()))
                            .as("a row in both halves")
                            .isNull();
                }
                snapshots[subtask] = shard.snapshot();
            }
        }
        assertThat(halves).isEqualTo(before);
        try (ShardHarness shard = new ShardHarness(Q_LEARNING, backend).open(share(2, 1, 0, snapshots))) {
            assertThat(shard.rows()).isEqualTo(before);
        }
    }

    /** Random steps between fifty states, the seed printed. */
    private static Transition[] manySteps(long salt) {
        long seed = System.nanoTime() + salt;
        System.out.println("LearnOperatorHarnessTest seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        Transition[] steps = new Transition[500];
        for (int i = 0; i < steps.length; i++) {
            steps[i] = step(
                    "state-" + random.nextInt(50),
                    random.nextInt(2),
                    random.nextDouble(-1, 1),
                    "state-" + random.nextInt(50));
        }
        return steps;
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void anActionThatAnEarlierExperienceRuledOutIsADeadLetterAndChangesNothing(Backend backend) throws Exception {
        try (ShardHarness shard = new ShardHarness(OPTIMISTIC, backend).open()) {
            long[] onlyFirst = ActionSet.of(2, 0);
            assertThat(shard.learn(transition("s", 0, 4, null, HEADS, -1, onlyFirst)))
                    .extracting(PolicyChange::action)
                    .containsExactly(0); // though action 1 is worth 100
            QRow before = shard.row("s");
            assertThat(shard.learn(last("s", 1, 4))).isEmpty();
            assertThat(shard.row("s")).isEqualTo(before);
            assertThat(shard.deadLetters()).singleElement().satisfies(letter -> {
                assertThat(letter.rejection()).isEqualTo(Rejection.ACTION_NOT_LEGAL);
                assertThat(letter.message())
                        .isEqualTo("action must be one of the legalActions that an earlier experience gave for this"
                                + " state: got 1");
                assertThat(letter.source().value()).containsExactly(3);
            });
            assertThat(shard.count("deadLetters.reason.ACTION_NOT_LEGAL.count")).isOne();

            shard.learn(transition("s", 1, 4, null, HEADS, -1, ActionSet.of(2, 0, 1)));
            assertThat(shard.row("s").visits(1))
                    .as("an experience may widen them again")
                    .isOne();
        }
    }

    @Test
    void bootstrapSeesLegalActionsOnly() throws Exception {
        try (ShardHarness shard = new ShardHarness(OPTIMISTIC, Backend.HASHMAP).open()) {
            shard.learn(transition("s", 0, 4, null, HEADS, -1, ActionSet.of(2, 0)));
            assertThat(shard.bootstrap(step("p", 0, 0, "s")).nextValue()).isEqualTo(52);
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void anUpdateThatIsNotFiniteIsADeadLetterAndLeavesTheRowAsItWas(Backend backend) throws Exception {
        try (ShardHarness shard = new ShardHarness(Q_LEARNING, backend).open()) {
            shard.learn(last("s", 0, Double.MAX_VALUE), last("s", 0, Double.MAX_VALUE));
            QRow before = shard.row("s");
            assertThat(shard.learn(transition("s", 0, -Double.MAX_VALUE, null, HEADS, -1, ActionSet.of(2, 0))))
                    .isEmpty();
            assertThat(shard.row("s")).isEqualTo(before);
            assertThat(shard.deadLetters()).singleElement().satisfies(letter -> {
                assertThat(letter.rejection()).isEqualTo(Rejection.UPDATE_NOT_FINITE);
                assertThat(letter.message())
                        .startsWith("the new value must be finite: Q(s,a)=")
                        .contains("reward=");
            });
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void aRejectedExperienceCreatesNoRow(Backend backend) throws Exception {
        PolicyConfig.Builder huge = halfway().setInitialQ(Double.MAX_VALUE);
        try (ShardHarness shard = new ShardHarness(huge, backend).open()) {
            assertThat(shard.learn(last("s", 0, -Double.MAX_VALUE))).isEmpty();
            assertThat(shard.deadLetters()).hasSize(1);
            assertThat(shard.rows()).isEmpty();
            assertThat(shard.gauge(StreamQMetrics.ROWS)).isEqualTo(0);
            assertThat(shard.count(StreamQMetrics.EXPERIENCES_APPLIED)).isZero();
        }
    }

    @Test
    void restoredRowsThatDoNotFitTheOptionsEndTheJobNamingBothFigures() throws Exception {
        OperatorSubtaskState snapshot;
        try (ShardHarness shard = new ShardHarness(Q_LEARNING, Backend.HASHMAP).open()) {
            shard.learn(last("s", 0, 4));
            snapshot = shard.snapshot();
        }
        assertRefused(halfway().setActions(3), snapshot, "3 in 1");
        assertRefused(halfway(AlgorithmKind.DOUBLE_Q_LEARNING), snapshot, "2 in 2");
    }

    private static void assertRefused(PolicyConfig.Builder options, OperatorSubtaskState snapshot, String optionsSay)
            throws Exception {
        try (ShardHarness shard = new ShardHarness(options, Backend.HASHMAP).learnComes()) {
            assertThatExceptionOfType(SuppressRestartsException.class)
                    .isThrownBy(() -> shard.learnRestores(snapshot))
                    .havingCause()
                    .withMessage("the options must fit the restored rows: p/s has 2 actions in 1 table(s), but the"
                            + " options say " + optionsSay
                            + ". Restore with the options of the snapshot and change the policy with './streamq config"
                            + " set', or start without the snapshot.");
        }
    }

    @Test
    void metricsTellWhatWasApplied() throws Exception {
        try (ShardHarness shard = new ShardHarness(Q_LEARNING, Backend.HASHMAP).open()) {
            shard.learn(last("s", 0, 4), last("s", 0, 4), last("t", 0, -4));
            assertThat(shard.count(StreamQMetrics.EXPERIENCES_APPLIED)).isEqualTo(3);
            assertThat(shard.count(StreamQMetrics.POLICY_UPDATES_SENT)).isEqualTo(2);
            assertThat(shard.gauge(StreamQMetrics.ROWS)).isEqualTo(2);
            assertThat(((Histogram) shard.metric(StreamQMetrics.TD_ERROR_MICROS))
                            .getStatistics()
                            .getMax())
                    .isEqualTo(4_000_000);
        }
    }

    @Test
    void attemptsFromOneSnapshotHaveGrowingEpochsThoughTheClockWentBack() throws Exception {
        OperatorSubtaskState saved;
        try (ShardHarness shard =
                new ShardHarness(halfway(), Backend.HASHMAP).at(9_000_000).open()) {
            shard.learn(last("s", 0, 4));
            saved = shard.snapshot();
        }
        List<Long> epochs = new ArrayList<>();
        for (int attempt = 0; attempt < 3; attempt++) {
            try (ShardHarness shard = new ShardHarness(halfway(), Backend.HASHMAP)
                    .at(5_000_000)
                    .attempt(attempt)
                    .open(saved)) {
                epochs.add(shard.learn(last("s", 0, 4)).get(0).epoch());
            }
        }
        assertThat(epochs).containsExactly(9_000_001L, 9_000_002L, 9_000_003L);
    }

    /** Such a backend keeps the row itself, and writes it later, as it is then. */
    @Test
    void aChangelogOverTheHeapIsRefused() throws Exception {
        try (ShardHarness shard = new ShardHarness(halfway(), Backend.HASHMAP)) {
            shard.learn.setStateBackend(Changelogs.overTheHeap());
            assertThatExceptionOfType(SuppressRestartsException.class)
                    .isThrownBy(shard::open)
                    .havingCause()
                    .withMessage("state.changelog.enabled must be false where state.backend.type is hashmap, or a"
                            + " savepoint may count experience twice: got a ChangelogKeyedStateBackend. Set it to"
                            + " false, or use rocksdb.");
        }
    }
}

package io.streamq.job.learn;

import static io.streamq.job.learn.ShardHarness.HEADS;
import static io.streamq.job.learn.ShardHarness.TAILS;
import static io.streamq.job.learn.ShardHarness.in;
import static io.streamq.job.learn.ShardHarness.key;
import static io.streamq.job.learn.ShardHarness.last;
import static io.streamq.job.learn.ShardHarness.share;
import static io.streamq.job.learn.ShardHarness.step;
import static io.streamq.job.learn.ShardHarness.transition;
import static io.streamq.job.policy.PolicyConfigs.control;
import static io.streamq.job.policy.PolicyConfigs.deletion;
import static io.streamq.job.policy.PolicyConfigs.halfway;
import static io.streamq.job.policy.PolicyConfigs.rules;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import com.sun.management.ThreadMXBean;
import io.streamq.job.metrics.StreamQMetrics;
import io.streamq.job.options.JobOptions.Policies;
import io.streamq.job.record.ControlStatus;
import io.streamq.job.record.DeadLetter;
import io.streamq.job.record.PolicyChange;
import io.streamq.job.record.PolicyControl;
import io.streamq.job.record.Rejection;
import io.streamq.job.record.StateKey;
import io.streamq.job.record.Transition;
import io.streamq.job.record.TransitionBatch;
import io.streamq.learning.ActionSet;
import io.streamq.learning.QRow;
import io.streamq.schemas.AlgorithmKind;
import io.streamq.schemas.EmissionConfig;
import io.streamq.schemas.LearningRateConfig;
import io.streamq.schemas.LearningRateSchedule;
import io.streamq.schemas.LimitsConfig;
import io.streamq.schemas.PolicyConfig;
import io.streamq.schemas.PolicyConfigOutcome;
import io.streamq.schemas.UpdateReason;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The control topic rules policies while the job runs. */
class ConfigurationHarnessTest {
    private static final Policies REJECT = new Policies(null, 1000);

    private static Policies create(PolicyConfig.Builder unconfigured) {
        return new Policies(rules(unconfigured), 1000);
    }

    /** A shard of the configured policy "p" alone. */
    private static ShardHarness shard(PolicyConfig.Builder policy, Backend backend) throws Exception {
        return new ShardHarness(REJECT, List.of(control("p", policy)), backend).open();
    }

    private static ShardHarness shard(PolicyConfig.Builder policy) throws Exception {
        return shard(policy, Backend.HASHMAP);
    }

    private static double valueOf(ShardHarness shard, String state, long identity, int nextAction) throws Exception {
        return shard.bootstrap(transition("any", 0, 0, state, identity, nextAction, null))
                .nextValue();
    }

    // What there is from the first experience on.

    @Test
    void whatWasConfiguredBeforeTheJobIsInForceFromTheFirstExperience() throws Exception {
        try (ShardHarness shard = new ShardHarness(
                        create(halfway()), List.of(control("p", halfway().setInitialQ(8))), Backend.HASHMAP)
                .open()) {
            shard.learn(last("s", 0, 4));
            assertThat(shard.row("s").value(0, 0)).isEqualTo(6);
            assertThat(shard.statuses())
                    .extracting(ControlStatus::policyId, ControlStatus::outcome, ControlStatus::rows)
                    .containsExactly(tuple("p", PolicyConfigOutcome.APPLIED, 0L));
        }
    }

    @Test
    void whatWasRefusedBeforeTheJobIsAnsweredAndHandedBackWhenItBegins() throws Exception {
        List<PolicyControl> initial = List.of(
                control("p", halfway().setGeneration(1).setInitialQ(8), 3),
                control("p", halfway().setGeneration(0), 5),
                control("q", halfway().setActions(0), 4));
        try (ShardHarness shard = new ShardHarness(REJECT, initial, Backend.HASHMAP).open()) {
            assertThat(shard.statuses())
                    .extracting(ControlStatus::policyId, ControlStatus::outcome, ControlStatus::offset)
                    .containsExactly(
                            tuple("p", PolicyConfigOutcome.APPLIED, 3L),
                            tuple("p", PolicyConfigOutcome.REFUSED, 5L),
                            tuple("q", PolicyConfigOutcome.REFUSED, 4L));
            assertThat(shard.deadLetters())
                    .extracting(letter -> letter.source().offset(), DeadLetter::message)
                    .containsExactly(
                            tuple(5L, "generation must not fall: it is 1, got 0"),
                            tuple(4L, "actions must be in [1, 32768]: got 0"));
            assertThat(shard.count(StreamQMetrics.CONFIGURATIONS_REFUSED)).isEqualTo(2);
            shard.learn(last("s", 0, 4));
            assertThat(shard.row("s").value(0, 0)).isEqualTo(6);
        }
    }

    /** Somebody may wait for that, whenever the job is started. */
    @Test
    void aDeletionBeforeTheJobIsAnsweredWhenItBegins() throws Exception {
        List<PolicyControl> initial =
                List.of(deletion("p"), control("p", halfway().setActions(0), 9));
        try (ShardHarness shard = new ShardHarness(REJECT, initial, Backend.HASHMAP).open()) {
            assertThat(shard.statuses())
                    .extracting(
                            ControlStatus::policyId,
                            ControlStatus::outcome,
                            ControlStatus::offset,
                            ControlStatus::durable)
                    .containsExactly(
                            tuple("p", PolicyConfigOutcome.DELETED, 8L, true),
                            tuple("p", PolicyConfigOutcome.REFUSED, 9L, true));
            assertThat(shard.gauge(StreamQMetrics.POLICIES)).isZero();
            shard.configure(control("p", halfway(), 10));
            assertThat(shard.statuses())
                    .extracting(ControlStatus::outcome)
                    .containsExactly(PolicyConfigOutcome.APPLIED);
        }
    }

    @Test
    void aConfigurationCreatesAPolicy() throws Exception {
        try (ShardHarness shard = new ShardHarness(REJECT, List.of(), Backend.HASHMAP).open()) {
            shard.configure(control("p", halfway()));
            shard.learn(last("s", 0, 4));
            assertThat(shard.row("s").value(0, 0)).isEqualTo(2);
            assertThat(shard.gauge(StreamQMetrics.POLICIES)).isOne();
        }
    }

    @Test
    void aConfigurationThatComesBeforeTheClockStrikesIsAnsweredOnceAndAfterWhatWasInForce() throws Exception {
        try (ShardHarness shard = new ShardHarness(REJECT, List.of(control("first", halfway())), Backend.HASHMAP)) {
            shard.learnComes().learn.open();
            shard.configure(control("then", halfway()));
            shard.pass(1000);
            assertThat(shard.statuses())
                    .extracting(ControlStatus::policyId, ControlStatus::outcome)
                    .containsExactly(
                            tuple("first", PolicyConfigOutcome.APPLIED), tuple("then", PolicyConfigOutcome.APPLIED));
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void aConfigurationTakesOverThePolicyThatExperienceCreatedWithItsRows(Backend backend) throws Exception {
        try (ShardHarness shard = new ShardHarness(create(halfway()), List.of(), backend).open()) {
            shard.learn(last("s", 0, 4)); // 2
            shard.configure(control(
                    "p",
                    halfway()
                            .setLearningRateBuilder(LearningRateConfig.newBuilder()
                                    .setSchedule(LearningRateSchedule.CONSTANT)
                                    .setAlpha(0.25))));
            shard.learn(last("s", 0, 4));
            assertThat(shard.row("s").value(0, 0)).isEqualTo(2.5);
            assertThat(shard.row("s").visits(0)).isEqualTo(2);
        }
    }

    @Test
    void theFirstConfigurationOfAPolicyThatExperienceCreatedForgetsItsRowsIfItsActionsAreFewer() throws Exception {
        try (ShardHarness shard =
                new ShardHarness(create(halfway().setActions(3)), List.of(), Backend.HASHMAP).open()) {
            shard.learn(last("s", 2, 4));
            assertThat(shard.configure(control("p", halfway()))).singleElement().matches(PolicyChange::isTombstone);
            assertThat(shard.rows()).isEmpty();
            assertThat(shard.statuses())
                    .extracting(ControlStatus::outcome)
                    .containsExactly(PolicyConfigOutcome.APPLIED);
        }
    }

    // What becomes of rows, change by change.

    @ParameterizedTest
    @EnumSource(Backend.class)
    void anotherLearningRateAndDiscountMeetOnlyExperienceToCome(Backend backend) throws Exception {
        try (ShardHarness shard = shard(halfway(), backend)) {
            shard.learn(last("s", 0, 8)); // 4
            QRow before = shard.row("s");
            assertThat(shard.configure(control(
                            "p",
                            halfway()
                                    .setDiscount(1)
                                    .setLearningRateBuilder(LearningRateConfig.newBuilder()
                                            .setSchedule(LearningRateSchedule.CONSTANT)
                                            .setAlpha(0.25)))))
                    .isEmpty();
            assertThat(shard.row("s")).isEqualTo(before);
            shard.learn(step("s", 0, 4, "s"));
            assertThat(shard.row("s").value(0, 0)).isEqualTo(5); // 4 + ((4 + 1 * 4) - 4) / 4
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void moreActionsHaveTheInitialValueAndNoVisits(Backend backend) throws Exception {
        try (ShardHarness shard = shard(halfway(), backend)) {
            shard.learn(last("s", 0, -8)); // Q = (-4, 0)
            shard.configure(control("p", halfway().setActions(3).setInitialQ(1)));
            QRow row = shard.row("s");
            assertThat(row.actions()).isEqualTo(3);
            assertThat(row.value(0, 0)).isEqualTo(-4);
            assertThat(row.value(0, 2)).isEqualTo(1);
            assertThat(row.visits(0)).isOne();
            assertThat(row.visits(2)).isZero();
            shard.learn(last("s", 2, 5));
            assertThat(shard.row("s").value(0, 2)).isEqualTo(3);
            assertThat(valueOf(shard, "s", HEADS, -1)).isEqualTo(3);
        }
    }

    @Test
    void moreActionsAreNotLegalWhereLegalActionsAreKnown() throws Exception {
        try (ShardHarness shard = shard(halfway())) {
            shard.learn(transition("s", 0, -8, null, HEADS, -1, ActionSet.of(2, 0)));
            shard.configure(control("p", halfway().setActions(70).setInitialQ(5)));
            assertThat(valueOf(shard, "s", HEADS, -1)).isEqualTo(-4);
            shard.learn(last("s", 69, 0));
            assertThat(shard.deadLetters())
                    .extracting(DeadLetter::rejection)
                    .containsExactly(Rejection.ACTION_NOT_LEGAL);
        }
    }

    @Test
    void moreActionsThatMakeAnotherOneGreedyAreAnnounced() throws Exception {
        try (ShardHarness shard = shard(halfway().setInitialQ(-10))) {
            shard.learn(last("s", 0, 0), last("s", 1, 0)); // Q = (-5, -5)
            assertThat(shard.configure(control("p", halfway().setInitialQ(0).setActions(3))))
                    .singleElement()
                    .satisfies(announced -> {
                        assertThat(announced.action()).isEqualTo(2);
                        assertThat(announced.qValues()).containsExactly(-5, -5, 0);
                        assertThat(announced.reason()).isEqualTo(UpdateReason.GREEDY_ACTION_CHANGED);
                    });
        }
    }

    /** Agents that know of the new ones would find too few. */
    @Test
    void rowsThatWereAnnouncedAreAnnouncedWithTheirNewActions() throws Exception {
        PolicyConfig.Builder announcedLate =
                halfway().setEmissionBuilder(EmissionConfig.newBuilder().setMinimumVisits(2));
        try (ShardHarness shard = shard(announcedLate)) {
            shard.learn(last("s", 0, 8), last("s", 0, 8), last("young", 0, 8));
            assertThat(shard.configure(control("p", announcedLate.setActions(4))))
                    .singleElement()
                    .satisfies(announced -> {
                        assertThat(announced.state()).isEqualTo(key("s"));
                        assertThat(announced.action()).isZero();
                        assertThat(announced.qValues()).containsExactly(6, 0, 0, 0);
                        assertThat(announced.visits()).containsExactly(2, 0, 0, 0);
                        assertThat(announced.version()).isEqualTo(2);
                        assertThat(announced.reason()).isEqualTo(UpdateReason.VALUE_CHANGED);
                    });
            assertThat(shard.row("s").version()).as("kept").isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void anotherInitialValueGoesToAllActionsNobodyTried(Backend backend) throws Exception {
        try (ShardHarness shard = shard(halfway(), backend)) {
            shard.learn(last("s", 0, 8)); // Q = (4, 0)
            assertThat(shard.configure(control("p", halfway().setInitialQ(6))))
                    .extracting(PolicyChange::action)
                    .containsExactly(1);
            assertThat(shard.row("s").value(0, 0)).isEqualTo(4);
            assertThat(shard.row("s").value(0, 1)).isEqualTo(6);
            assertThat(valueOf(shard, "s", HEADS, -1)).as("V(s)").isEqualTo(6);
            shard.learn(step("t", 0, 0, "unseen"));
            assertThat(shard.row("t").value(0, 0)).isEqualTo(4.5); // 6 + (0.5 * 6 - 6) / 2
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void oneTableBecomesTwoWithTheSameValuesAndTheVisitsSharedOut(Backend backend) throws Exception {
        try (ShardHarness shard = shard(halfway(), backend)) {
            shard.learn(last("s", 0, 8), last("s", 0, 8), last("s", 0, 8)); // 7, three visits
            assertThat(shard.configure(control("p", halfway(AlgorithmKind.DOUBLE_Q_LEARNING))))
                    .isEmpty();
            QRow row = shard.row("s");
            assertThat(row.tables()).isEqualTo(2);
            assertThat(row.value(0, 0)).isEqualTo(7);
            assertThat(row.value(1, 0)).isEqualTo(7);
            assertThat(row.visits(0, 0)).isEqualTo(2);
            assertThat(row.visits(1, 0)).isOne();
            shard.learn(last("s", 0, 9, TAILS)); // B = (8, 0)
            assertThat(valueOf(shard, "s", HEADS, -1))
                    .as("B's value of A's best")
                    .isEqualTo(8);
            assertThat(valueOf(shard, "s", TAILS, -1))
                    .as("A's value of B's best")
                    .isEqualTo(7);
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void twoTablesBecomeOneWithTheMeanValuesAndTheVisitsSummed(Backend backend) throws Exception {
        try (ShardHarness shard = shard(halfway(AlgorithmKind.DOUBLE_Q_LEARNING), backend)) {
            shard.learn(last("s", 0, 8, HEADS), last("s", 0, 4, TAILS), last("s", 0, 4, TAILS)); // 4 and 3
            assertThat(shard.configure(control("p", halfway()))).isEmpty();
            QRow row = shard.row("s");
            assertThat(row.tables()).isOne();
            assertThat(row.value(0, 0)).isEqualTo(3.5);
            assertThat(row.visits(0)).isEqualTo(3);
            assertThat(valueOf(shard, "s", TAILS, -1)).isEqualTo(3.5);
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void anotherAlgorithmPublishesWhatItBootstrapsFrom(Backend backend) throws Exception {
        try (ShardHarness shard = shard(halfway(), backend)) {
            shard.learn(last("s", 0, 8), last("s", 1, -4)); // Q = (4, -2)
            QRow before = shard.row("s");
            shard.configure(control("p", halfway(AlgorithmKind.SARSA)));
            assertThat(shard.row("s")).isEqualTo(before);
            assertThat(valueOf(shard, "s", HEADS, 1)).isEqualTo(-2);
            assertThat(valueOf(shard, "s", HEADS, 0)).isEqualTo(4);
            assertThat(valueOf(shard, "s", HEADS, -1)).isNaN();
            shard.configure(control("p", halfway()));
            assertThat(valueOf(shard, "s", HEADS, 1)).isEqualTo(4);
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void aChangeOfEverythingAtOnceIsTheSumOfItsParts(Backend backend) throws Exception {
        try (ShardHarness shard = shard(halfway(), backend)) {
            shard.learn(last("s", 0, 8)); // Q = (4, 0)
            shard.configure(control(
                    "p",
                    halfway(AlgorithmKind.DOUBLE_Q_LEARNING)
                            .setActions(3)
                            .setInitialQ(6)
                            .setLimitsBuilder(
                                    LimitsConfig.newBuilder().setRows(5L).setDuplicateWindow(3))));
            QRow row = shard.row("s");
            for (int table = 0; table < 2; table++) {
                assertThat(row.value(table, 0)).isEqualTo(4);
                assertThat(row.value(table, 1)).isEqualTo(6);
                assertThat(row.value(table, 2)).isEqualTo(6);
            }
            assertThat(row.visits(0)).isOne();
        }
    }

    @Test
    void aChangeOfOnePolicyLeavesTheOthersAlone() throws Exception {
        try (ShardHarness shard = new ShardHarness(
                        REJECT, List.of(control("p", halfway()), control("pp", halfway())), Backend.HASHMAP)
                .open()) {
            shard.learn(in("p", last("s", 0, 8)), in("pp", last("s", 0, 8)));
            shard.configure(control("p", halfway().setGeneration(1)));
            assertThat(shard.rows()).containsOnlyKeys(StateKey.of("pp", "s"));
            shard.configure(deletion("p"));
            assertThat(shard.rows()).containsOnlyKeys(StateKey.of("pp", "s"));
        }
    }

    @Test
    void theSameConfigurationAgainChangesNothingAndIsTold() throws Exception {
        try (ShardHarness shard = shard(halfway())) {
            shard.learn(last("s", 0, 8));
            shard.statuses();
            QRow before = shard.row("s");
            assertThat(shard.configure(control("p", halfway(), 99))).isEmpty();
            assertThat(shard.row("s")).isEqualTo(before);
            assertThat(shard.statuses()).singleElement().satisfies(status -> {
                assertThat(status.offset()).isEqualTo(99);
                assertThat(status.rows()).isOne();
            });
        }
    }

    // Freezing.

    @ParameterizedTest
    @EnumSource(Backend.class)
    void aFrozenPolicyAnswersAndDoesNotLearn(Backend backend) throws Exception {
        try (ShardHarness shard = shard(halfway(), backend)) {
            shard.learn(last("s", 0, 8));
            shard.configure(control("p", halfway().setFrozen(true)));
            QRow before = shard.row("s");
            assertThat(shard.learn(last("s", 1, 80), last("new", 0, 8))).isEmpty();
            assertThat(shard.rows()).containsOnlyKeys(key("s")).containsValue(before);
            assertThat(valueOf(shard, "s", HEADS, -1)).isEqualTo(4);
            assertThat(shard.count(StreamQMetrics.EXPERIENCES_FROZEN)).isEqualTo(2);
            assertThat(shard.count("policy.p." + StreamQMetrics.EXPERIENCES_FROZEN))
                    .isEqualTo(2);
            assertThat(shard.deadLetters()).isEmpty();
        }
    }

    @Test
    void aThawedPolicyLearnsOn() throws Exception {
        try (ShardHarness shard = shard(halfway().setFrozen(true))) {
            shard.learn(last("s", 0, 8));
            shard.configure(control("p", halfway()));
            shard.learn(last("s", 0, 8));
            assertThat(shard.row("s").visits(0)).isOne();
        }
    }

    // Resetting.

    @ParameterizedTest
    @EnumSource(Backend.class)
    void aGreaterGenerationForgetsWhatWasLearnt(Backend backend) throws Exception {
        try (ShardHarness shard = shard(halfway(), backend)) {
            shard.learn(last("s", 0, 8), last("t", 0, 8));
            assertThat(shard.configure(control("p", halfway().setGeneration(1))))
                    .allMatch(PolicyChange::isTombstone)
                    .extracting(PolicyChange::state)
                    .containsExactlyInAnyOrder(key("s"), key("t"));
            assertThat(shard.rows()).isEmpty();
            assertThat(valueOf(shard, "s", HEADS, -1)).isNaN();
            assertThat(shard.learn(last("s", 0, 4))).singleElement().satisfies(announced -> {
                assertThat(announced.reason()).isEqualTo(UpdateReason.FIRST);
                assertThat(announced.visits()).containsExactly(1, 0);
                assertThat(announced.version()).isEqualTo(2);
            });
        }
    }

    @Test
    void aGreaterGenerationMayHaveFewerActions() throws Exception {
        try (ShardHarness shard = shard(halfway().setActions(3))) {
            shard.learn(last("s", 2, 8));
            shard.configure(control("p", halfway().setGeneration(1)));
            shard.learn(last("s", 1, 8));
            assertThat(shard.row("s").actions()).isEqualTo(2);
        }
    }

    /** Values that were read before the reset must not seep into what is learnt after it. */
    @ParameterizedTest
    @EnumSource(Backend.class)
    void aTransitionThatWasValuedBeforeAResetBootstrapsTheInitialValue(Backend backend) throws Exception {
        try (ShardHarness shard = shard(halfway().setInitialQ(6), backend)) {
            shard.learn(last("s", 0, 800));
            TransitionBatch inFlight = shard.bootstrap(step("p", 0, 0, "s"));
            assertThat(inFlight.nextValue()).isEqualTo(403);
            shard.configure(control("p", halfway().setInitialQ(6).setGeneration(1)));
            shard.apply(inFlight);
            assertThat(shard.row("p").value(0, 0)).isEqualTo(4.5); // 6 + (0.5 * 6 - 6) / 2
        }
    }

    /** A shard that has not read the reset yet gets a value from one that has. */
    @Test
    void aTransitionThatWasValuedAfterAResetBootstrapsTheInitialValueWhereTheResetHasNotCome() throws Exception {
        try (ShardHarness reset = shard(halfway().setGeneration(1).setInitialQ(6));
                ShardHarness late = shard(halfway().setInitialQ(6))) {
            reset.learn(last("s", 0, 800));
            late.apply(reset.bootstrap(step("p", 0, 0, "s")));
            assertThat(late.row("p").value(0, 0)).isEqualTo(4.5);
        }
    }

    @Test
    void aTransitionThatWasValuedBeforeAnotherAlgorithmCameKeepsItsValue() throws Exception {
        try (ShardHarness shard = shard(halfway())) {
            shard.learn(last("s", 0, 8));
            TransitionBatch inFlight = shard.bootstrap(step("p", 0, 0, "s"));
            shard.configure(control("p", halfway(AlgorithmKind.DOUBLE_Q_LEARNING)));
            shard.apply(inFlight);
            assertThat(shard.row("p").value(0, 0)).isEqualTo(1); // 0.5 * 4 / 2
        }
    }

    /** Counted in bytes, of which each key would take many. */
    @Test
    void aChangeMakesNoKeysOfTheRowsOfOtherPolicies() throws Exception {
        int rows = 20_000;
        try (ShardHarness shard = new ShardHarness(create(halfway()), List.of(), Backend.HASHMAP).open()) {
            growResetAndDelete(shard); // or loading classes would count
            TransitionBatch others = new TransitionBatch();
            for (int i = 0; i < rows; i++) {
                in("q", last("s" + i, 0, 8)).addTo(others, 0, 0);
            }
            shard.learn.process(others);
            assertThat(shard.announced()).hasSize(rows);
            assertThat(growResetAndDelete(shard)).isLessThan((long) Long.BYTES * rows);
        }
    }

    /** Does it to a policy of few rows, and tells how many bytes that took. */
    private static long growResetAndDelete(ShardHarness shard) throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(thread);
        shard.learn(last("s", 0, 8));
        shard.configure(control("p", halfway().setActions(3)));
        shard.configure(control("p", halfway().setActions(3).setGeneration(1)));
        shard.learn(last("s", 0, 8));
        shard.configure(deletion("p"));
        return threads.getThreadAllocatedBytes(thread) - before;
    }

    // Deleting.

    @ParameterizedTest
    @EnumSource(Backend.class)
    void aDeletedPolicyIsGoneWithItsRows(Backend backend) throws Exception {
        try (ShardHarness shard = shard(halfway(), backend)) {
            shard.learn(last("s", 0, 8));
            shard.statuses();
            assertThat(shard.configure(deletion("p"))).singleElement().matches(PolicyChange::isTombstone);
            assertThat(shard.rows()).isEmpty();
            assertThat(shard.statuses()).singleElement().satisfies(status -> {
                assertThat(status.outcome()).isEqualTo(PolicyConfigOutcome.DELETED);
                assertThat(status.rows()).isZero();
                assertThat(status.generation()).isZero();
                assertThat(status.offset()).isEqualTo(8);
            });
            shard.learn(last("s", 0, 8));
            assertThat(shard.deadLetters()).extracting(DeadLetter::rejection).containsExactly(Rejection.POLICY_UNKNOWN);
            assertThat(shard.gauge(StreamQMetrics.POLICIES)).isZero();
            assertThat(shard.gauge("policy.p." + StreamQMetrics.ROWS)).isZero();
        }
    }

    @Test
    void aDeletedPolicyIsCreatedByExperienceAgainByTheOptions() throws Exception {
        try (ShardHarness shard = new ShardHarness(
                        create(halfway()),
                        List.of(control("p", halfway().setInitialQ(8).setGeneration(5))),
                        Backend.HASHMAP)
                .open()) {
            shard.learn(last("s", 0, 8));
            shard.configure(deletion("p"));
            shard.learn(last("s", 0, 8));
            assertThat(shard.row("s").value(0, 0)).isEqualTo(4);
        }
    }

    @Test
    void aDeletedPolicyMayBeConfiguredAnewWithALesserGenerationAndFewerActions() throws Exception {
        try (ShardHarness shard = shard(halfway().setActions(3).setGeneration(5))) {
            shard.configure(deletion("p"));
            shard.configure(control("p", halfway()));
            shard.learn(last("s", 0, 8));
            assertThat(shard.row("s").actions()).isEqualTo(2);
            assertThat(shard.count("policy.p." + StreamQMetrics.EXPERIENCES_APPLIED))
                    .isOne();
        }
    }

    @Test
    void deletingAPolicyThatIsNotThereIsTold() throws Exception {
        try (ShardHarness shard = new ShardHarness(REJECT, List.of(), Backend.HASHMAP).open()) {
            assertThat(shard.configure(deletion("p"))).isEmpty();
            assertThat(shard.statuses())
                    .extracting(ControlStatus::outcome)
                    .containsExactly(PolicyConfigOutcome.DELETED);
        }
    }

    // Refusing.

    @ParameterizedTest
    @EnumSource(Backend.class)
    void anInvalidConfigurationIsRefusedWithAllItsViolationsAndTheLastValidOneStays(Backend backend) throws Exception {
        try (ShardHarness shard = shard(halfway().setGeneration(3), backend)) {
            shard.learn(last("s", 0, 8));
            shard.statuses();
            QRow before = shard.row("s");
            PolicyControl invalid =
                    control("p", halfway().setGeneration(4).setActions(0).setDiscount(2), 55);
            assertThat(shard.configure(invalid)).isEmpty();
            assertThat(shard.row("s")).isEqualTo(before);
            assertThat(shard.statuses()).singleElement().satisfies(status -> {
                assertThat(status.outcome()).isEqualTo(PolicyConfigOutcome.REFUSED);
                assertThat(status.violations())
                        .containsExactly("actions must be in [1, 32768]: got 0", "discount must be in [0, 1]: got 2.0");
                assertThat(status.generation()).as("of the one in force").isEqualTo(3);
                assertThat(status.offset()).isEqualTo(55);
                assertThat(status.rows()).isOne();
            });
            assertThat(shard.deadLetters()).singleElement().satisfies(letter -> {
                assertThat(letter.rejection()).isEqualTo(Rejection.POLICY_CONFIG_INVALID);
                assertThat(letter.message())
                        .isEqualTo("actions must be in [1, 32768]: got 0; discount must be in [0, 1]: got 2.0");
                assertThat(letter.source().value()).isEqualTo(invalid.config());
                assertThat(letter.source().key()).isEqualTo("p".getBytes(StandardCharsets.UTF_8));
                assertThat(letter.source().offset()).isEqualTo(55);
            });
            assertThat(shard.count(StreamQMetrics.CONFIGURATIONS_REFUSED)).isOne();
            shard.learn(last("s", 0, 8));
            assertThat(shard.row("s").value(0, 0)).isEqualTo(6);
        }
    }

    @Test
    void bytesThatAreNoConfigurationAreRefused() throws Exception {
        try (ShardHarness shard = shard(halfway())) {
            shard.statuses();
            shard.configure(new PolicyControl("p", new byte[] {1, 2, 3}, 0, 9, 0));
            assertThat(shard.statuses()).singleElement().satisfies(status -> {
                assertThat(status.outcome()).isEqualTo(PolicyConfigOutcome.REFUSED);
                assertThat(status.violations())
                        .singleElement()
                        .asString()
                        .startsWith("the value must be a single-object encoded PolicyConfig");
            });
        }
    }

    @Test
    void aPolicyIsNotCreatedByAConfigurationThatIsRefused() throws Exception {
        try (ShardHarness shard = new ShardHarness(REJECT, List.of(), Backend.HASHMAP).open()) {
            shard.configure(control("p", halfway().setActions(0)));
            shard.learn(last("s", 0, 8));
            assertThat(shard.deadLetters())
                    .extracting(DeadLetter::rejection)
                    .containsExactly(Rejection.POLICY_CONFIG_INVALID, Rejection.POLICY_UNKNOWN);
        }
    }

    @Test
    void aGenerationThatFallsAndFewerActionsAreRefusedTogether() throws Exception {
        try (ShardHarness shard = shard(halfway().setGeneration(3))) {
            shard.statuses();
            shard.configure(control("p", halfway().setGeneration(2).setActions(1)));
            assertThat(shard.statuses())
                    .singleElement()
                    .extracting(ControlStatus::violations)
                    .isEqualTo(List.of(
                            "generation must not fall: it is 3, got 2",
                            "actions may be reduced only with a generation greater than 3, which forgets what was"
                                    + " learnt: there are 2, got 1"));
        }
    }

    @Test
    void aConfigurationIsComparedWithTheLastValidOne() throws Exception {
        try (ShardHarness shard = shard(halfway())) {
            shard.configure(control("p", halfway().setGeneration(9).setActions(0))); // refused
            shard.statuses();
            shard.configure(control("p", halfway().setGeneration(1)));
            assertThat(shard.statuses())
                    .extracting(ControlStatus::outcome)
                    .containsExactly(PolicyConfigOutcome.APPLIED);
        }
    }

    @Test
    void everyShardTellsOfARefusalAndOneHandsItBack() throws Exception {
        List<ControlStatus> statuses = new ArrayList<>();
        List<DeadLetter> letters = new ArrayList<>();
        for (int subtask = 0; subtask < 3; subtask++) {
            try (ShardHarness shard = new ShardHarness(REJECT, List.of(), Backend.HASHMAP, 3, subtask).open()) {
                shard.configure(control("p", halfway().setActions(0)));
                statuses.addAll(shard.statuses());
                letters.addAll(shard.deadLetters());
            }
        }
        assertThat(statuses)
                .extracting(ControlStatus::outcome, ControlStatus::shard, ControlStatus::shards)
                .containsExactly(
                        tuple(PolicyConfigOutcome.REFUSED, 0, 3),
                        tuple(PolicyConfigOutcome.REFUSED, 1, 3),
                        tuple(PolicyConfigOutcome.REFUSED, 2, 3));
        assertThat(letters).hasSize(1);
    }

    // Telling.

    @Test
    void whatWasAppliedIsToldAndCounted() throws Exception {
        try (ShardHarness shard =
                new ShardHarness(REJECT, List.of(), Backend.HASHMAP).at(1000).open()) {
            shard.configure(control("p", halfway().setGeneration(4), 77));
            assertThat(shard.statuses())
                    .containsExactly(new ControlStatus(
                            "p", 0, 1, PolicyConfigOutcome.APPLIED, List.of(), 4, 0, 77, 0, 1000, 1000, false));
            shard.configure(deletion("p"));
            assertThat(shard.count(StreamQMetrics.CONFIGURATIONS_APPLIED)).isEqualTo(2);
            assertThat(shard.count(StreamQMetrics.CONFIGURATIONS_REFUSED)).isZero();
        }
    }

    @Test
    void whatIsInForceIsToldAnewOnceACheckpointThatHoldsItIsComplete() throws Exception {
        try (ShardHarness shard = new ShardHarness(REJECT, List.of(), Backend.HASHMAP).open()) {
            shard.snapshot();
            shard.configure(control("p", halfway(), 77));
            shard.configure(control("q", halfway(), 78));
            shard.configure(deletion("q"));
            assertThat(shard.statuses()).extracting(ControlStatus::durable).containsOnly(false);
            complete(shard, shard.lastSnapshot()); // began before
            assertThat(shard.statuses()).isEmpty();

            shard.snapshot(); // and is never complete
            shard.configure(control("r", halfway(), 79));
            shard.statuses();
            shard.snapshot();
            shard.configure(control("p", halfway().setInitialQ(8), 80));
            shard.statuses();
            complete(shard, shard.lastSnapshot());
            assertThat(shard.statuses())
                    .extracting(
                            ControlStatus::policyId,
                            ControlStatus::outcome,
                            ControlStatus::offset,
                            ControlStatus::durable)
                    .containsExactly(
                            tuple("q", PolicyConfigOutcome.DELETED, 8L, true),
                            tuple("r", PolicyConfigOutcome.APPLIED, 79L, true));

            shard.snapshot();
            complete(shard, shard.lastSnapshot());
            complete(shard, shard.lastSnapshot());
            assertThat(shard.statuses())
                    .extracting(ControlStatus::policyId, ControlStatus::offset, ControlStatus::durable)
                    .containsExactly(tuple("p", 80L, true));
        }
    }

    private static void complete(ShardHarness shard, long snapshot) throws Exception {
        shard.learn.notifyOfCompletedCheckpoint(snapshot);
    }

    @Test
    void aRefusalIsDurableOnceTheChangeBeforeItIs() throws Exception {
        try (ShardHarness shard = shard(halfway())) {
            shard.configure(control("p", halfway().setGeneration(1), 20));
            shard.configure(control("p", halfway().setActions(0), 21));
            assertThat(shard.statuses())
                    .last()
                    .extracting(ControlStatus::outcome, ControlStatus::offset, ControlStatus::durable)
                    .containsExactly(PolicyConfigOutcome.REFUSED, 21L, false);
            shard.snapshot();
            complete(shard, shard.lastSnapshot());
            assertThat(shard.statuses()).singleElement().satisfies(status -> {
                assertThat(status.outcome()).isEqualTo(PolicyConfigOutcome.REFUSED);
                assertThat(status.offset()).isEqualTo(21);
                assertThat(status.violations()).containsExactly("actions must be in [1, 32768]: got 0");
                assertThat(status.durable()).isTrue();
            });
            shard.configure(control("p", halfway().setActions(0), 22));
            assertThat(shard.statuses()).extracting(ControlStatus::durable).containsExactly(true);
        }
    }

    @Test
    void nothingIsToldAfterTheEndOfTheInput() throws Exception {
        try (ShardHarness shard = shard(halfway())) {
            shard.configure(control("p", halfway().setGeneration(1), 20));
            shard.finish();
            shard.statuses();
            shard.snapshot();
            complete(shard, shard.lastSnapshot());
            assertThat(shard.statuses()).isEmpty();
        }
    }

    // Restoring.

    @Test
    void aDeletionThatACheckpointHoldsIsToldForGoodAfterARestoreAndOnlyOnce() throws Exception {
        OperatorSubtaskState snapshot;
        try (ShardHarness shard = shard(halfway())) {
            shard.configure(deletion("p"));
            snapshot = shard.snapshot();
        }
        try (ShardHarness shard = new ShardHarness(REJECT, List.of(), Backend.HASHMAP).open(snapshot)) {
            assertThat(shard.statuses())
                    .extracting(
                            ControlStatus::policyId,
                            ControlStatus::outcome,
                            ControlStatus::offset,
                            ControlStatus::durable)
                    .containsExactly(tuple("p", PolicyConfigOutcome.DELETED, 8L, true));
            snapshot = shard.snapshot();
        }
        try (ShardHarness shard = new ShardHarness(REJECT, List.of(), Backend.HASHMAP).open(snapshot)) {
            assertThat(shard.statuses()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void configurationsSurviveARestoreAndAreToldAnew(Backend backend) throws Exception {
        OperatorSubtaskState snapshot;
        try (ShardHarness shard =
                new ShardHarness(REJECT, List.of(), backend).at(1000).open()) {
            shard.configure(control("p", halfway().setInitialQ(8), 77));
            shard.configure(control("q", halfway(), 78));
            shard.configure(deletion("q"));
            shard.snapshot();
            complete(shard, shard.lastSnapshot());
            shard.learn(last("s", 0, 4));
            snapshot = shard.snapshot();
        }
        try (ShardHarness shard =
                new ShardHarness(REJECT, List.of(), backend).at(2000).open(snapshot)) {
            assertThat(shard.statuses())
                    .containsExactly(new ControlStatus(
                            "p", 0, 1, PolicyConfigOutcome.APPLIED, List.of(), 0, 0, 77, 1, 2000, 2000, true));
            shard.learn(last("t", 0, 4), in("q", last("t", 0, 4)));
            assertThat(shard.row("t").value(0, 0)).isEqualTo(6);
            assertThat(shard.deadLetters()).extracting(DeadLetter::rejection).containsExactly(Rejection.POLICY_UNKNOWN);
        }
    }

    /** A restored job does not read it again, and what is in force is told anew, too: that would stand on the topic instead. */
    @Test
    void whatWasRefusedIsToldAnewAfterARestoreBehindWhatIsInForceAndHandedBackOnce() throws Exception {
        List<PolicyControl> initial = List.of(
                control("p", halfway().setGeneration(1), 3),
                control("p", halfway().setGeneration(0), 5));
        OperatorSubtaskState snapshot;
        try (ShardHarness shard = new ShardHarness(REJECT, initial, Backend.HASHMAP).open()) {
            shard.configure(control("q", halfway(), 7));
            shard.configure(control("q", halfway().setActions(1), 8));
            shard.configure(control("q", halfway().setActions(0), 9));
            shard.configure(control("new", halfway().setActions(0), 10));
            assertThat(shard.deadLetters()).hasSize(4);
            snapshot = shard.snapshot();
        }
        for (int restart = 0; restart < 2; restart++) {
            try (ShardHarness shard = new ShardHarness(REJECT, List.of(), Backend.HASHMAP).open(snapshot)) {
                Map<String, ControlStatus> standing = standing(shard);
                assertThat(standing.values())
                        .extracting(
                                ControlStatus::policyId,
                                ControlStatus::outcome,
                                ControlStatus::offset,
                                ControlStatus::violations,
                                ControlStatus::durable)
                        .containsExactlyInAnyOrder(
                                tuple(
                                        "p",
                                        PolicyConfigOutcome.REFUSED,
                                        5L,
                                        List.of("generation must not fall: it is 1, got 0"),
                                        true),
                                tuple(
                                        "q",
                                        PolicyConfigOutcome.REFUSED,
                                        9L,
                                        List.of("actions must be in [1, 32768]: got 0"),
                                        true),
                                tuple(
                                        "new",
                                        PolicyConfigOutcome.REFUSED,
                                        10L,
                                        List.of("actions must be in [1, 32768]: got 0"),
                                        true));
                assertThat(shard.deadLetters()).isEmpty();
                assertThat(shard.count(StreamQMetrics.CONFIGURATIONS_REFUSED)).isZero();
                snapshot = shard.snapshot();
            }
        }
    }

    /** What stands on the compacted topic of what a shard said, by policyId. */
    private static Map<String, ControlStatus> standing(ShardHarness shard) {
        Map<String, ControlStatus> standing = new HashMap<>();
        shard.statuses().forEach(status -> standing.put(status.policyId(), status));
        return standing;
    }

    @Test
    void whatWasRefusedIsOfNoInterestOnceAnotherIsInForceOrThePolicyIsDeleted() throws Exception {
        OperatorSubtaskState snapshot;
        try (ShardHarness shard = new ShardHarness(REJECT, List.of(), Backend.HASHMAP).open()) {
            for (String policyId : List.of("p", "q")) {
                shard.configure(control(policyId, halfway().setActions(0), 6));
            }
            shard.configure(control("p", halfway(), 7));
            shard.configure(deletion("q"));
            snapshot = shard.snapshot();
        }
        try (ShardHarness shard = new ShardHarness(REJECT, List.of(), Backend.HASHMAP).open(snapshot)) {
            assertThat(shard.statuses())
                    .extracting(ControlStatus::policyId, ControlStatus::outcome)
                    .containsExactly(tuple("p", PolicyConfigOutcome.APPLIED), tuple("q", PolicyConfigOutcome.DELETED));
        }
    }

    @Test
    void aRestoredConfigurationIsWhatTheNextOneIsComparedWith() throws Exception {
        OperatorSubtaskState snapshot;
        try (ShardHarness shard = shard(halfway().setGeneration(3))) {
            snapshot = shard.snapshot();
        }
        try (ShardHarness shard = new ShardHarness(REJECT, List.of(), Backend.HASHMAP).open(snapshot)) {
            shard.statuses();
            shard.configure(control("p", halfway().setGeneration(2)));
            assertThat(shard.statuses())
                    .extracting(ControlStatus::outcome)
                    .containsExactly(PolicyConfigOutcome.REFUSED);
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void configurationsReachEveryShardWhenTheParallelismChanges(Backend backend) throws Exception {
        OperatorSubtaskState whole;
        try (ShardHarness shard = shard(halfway().setInitialQ(8), backend)) {
            whole = shard.snapshot();
        }
        OperatorSubtaskState[] thirds = new OperatorSubtaskState[3];
        for (int subtask = 0; subtask < 3; subtask++) {
            try (ShardHarness shard =
                    new ShardHarness(REJECT, List.of(), backend, 3, subtask).open(share(1, 3, subtask, whole))) {
                assertThat(shard.statuses())
                        .extracting(ControlStatus::policyId, ControlStatus::shard, ControlStatus::shards)
                        .containsExactly(tuple("p", subtask, 3));
                thirds[subtask] = shard.snapshot();
            }
        }
        try (ShardHarness shard = new ShardHarness(REJECT, List.of(), backend).open(share(3, 1, 0, thirds))) {
            shard.learn(last("s", 0, 4));
            assertThat(shard.row("s").value(0, 0)).isEqualTo(6);
        }
    }

    @Test
    void aSnapshotThatKnowsConfigurationsIgnoresTheCatalog() throws Exception {
        OperatorSubtaskState snapshot;
        try (ShardHarness shard = new ShardHarness(REJECT, List.of(), Backend.HASHMAP).open()) {
            snapshot = shard.snapshot(); // none, and it knows that there are none
        }
        try (ShardHarness shard =
                new ShardHarness(REJECT, List.of(control("p", halfway())), Backend.HASHMAP).open(snapshot)) {
            assertThat(shard.statuses()).isEmpty();
            shard.learn(last("s", 0, 4));
            assertThat(shard.deadLetters()).extracting(DeadLetter::rejection).containsExactly(Rejection.POLICY_UNKNOWN);
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void aSnapshotThatIsOlderThanConfigurationsTakesTheCatalog(Backend backend) throws Exception {
        OperatorSubtaskState snapshot;
        try (ShardHarness shard = new ShardHarness(create(halfway()), List.of(), backend).open()) {
            shard.learn(last("s", 0, 4));
            snapshot = withoutOperatorState(shard.snapshot());
        }
        try (ShardHarness shard = new ShardHarness(REJECT, List.of(control("p", halfway())), backend).open(snapshot)) {
            assertThat(shard.statuses())
                    .extracting(ControlStatus::policyId, ControlStatus::rows)
                    .containsExactly(tuple("p", 1L));
            shard.learn(last("s", 0, 4));
            assertThat(shard.row("s").value(0, 0)).isEqualTo(3);
        }
    }

    /** As a release left it that knew no configurations. */
    private static OperatorSubtaskState withoutOperatorState(OperatorSubtaskState snapshot) {
        return OperatorSubtaskState.builder()
                .setManagedKeyedState(snapshot.getManagedKeyedState())
                .build();
    }

    @Test
    void restoredRowsOfAPolicyThatNobodyConfiguredEndTheJobIfTheOptionsRejectIt() throws Exception {
        OperatorSubtaskState snapshot;
        try (ShardHarness shard = new ShardHarness(create(halfway()), List.of(), Backend.HASHMAP).open()) {
            shard.learn(last("s", 0, 4));
            snapshot = shard.snapshot();
        }
        try (ShardHarness shard = new ShardHarness(REJECT, List.of(), Backend.HASHMAP).learnComes()) {
            assertThatExceptionOfType(SuppressRestartsException.class)
                    .isThrownBy(() -> shard.learnRestores(snapshot))
                    .havingCause()
                    .withMessageStartingWith("the options must fit the restored rows: p/s is of a policy that nobody"
                            + " configured, and policyId must be one that is configured");
        }
    }

    @Test
    void aFrozenPolicyIsRestoredFrozen() throws Exception {
        OperatorSubtaskState snapshot;
        try (ShardHarness shard = shard(halfway())) {
            shard.learn(last("s", 0, 4));
            shard.configure(control("p", halfway().setFrozen(true)));
            snapshot = shard.snapshot();
        }
        try (ShardHarness shard = new ShardHarness(REJECT, List.of(), Backend.HASHMAP).open(snapshot)) {
            shard.learn(last("s", 0, 4));
            assertThat(shard.row("s").visits(0)).isOne();
        }
    }

    /** Rows that were adapted are as adapted in the next snapshot, on backends that hand out copies too. */
    @ParameterizedTest
    @EnumSource(Backend.class)
    void adaptedRowsAreRestoredAsAdapted(Backend backend) throws Exception {
        OperatorSubtaskState snapshot;
        List<Transition> steps = List.of(last("s", 0, 8), last("t", 1, 8));
        try (ShardHarness shard = shard(halfway(), backend)) {
            shard.learn(steps.toArray(Transition[]::new));
            shard.configure(control(
                    "p", halfway(AlgorithmKind.DOUBLE_Q_LEARNING).setActions(3).setInitialQ(6)));
            snapshot = shard.snapshot();
            assertThat(shard.rows()).hasSize(2);
        }
        try (ShardHarness shard = new ShardHarness(REJECT, List.of(), backend).open(snapshot)) {
            assertThat(shard.row("s").tables()).isEqualTo(2);
            assertThat(shard.row("s").value(1, 0)).isEqualTo(4);
            assertThat(shard.row("t").value(1, 2)).isEqualTo(6);
        }
    }
}

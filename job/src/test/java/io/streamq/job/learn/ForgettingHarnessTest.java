package io.streamq.job.learn;

import static io.streamq.job.learn.ShardHarness.MAX_PARALLELISM;
import static io.streamq.job.learn.ShardHarness.in;
import static io.streamq.job.learn.ShardHarness.key;
import static io.streamq.job.learn.ShardHarness.last;
import static io.streamq.job.learn.ShardHarness.share;
import static io.streamq.job.learn.ShardHarness.step;
import static io.streamq.job.policy.PolicyConfigs.control;
import static io.streamq.job.policy.PolicyConfigs.halfway;
import static io.streamq.job.policy.PolicyConfigs.limited;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.job.metrics.StreamQMetrics;
import io.streamq.job.options.JobOptions.Policies;
import io.streamq.job.record.PolicyChange;
import io.streamq.job.record.PolicyControl;
import io.streamq.job.record.StateKey;
import io.streamq.job.record.Transition;
import io.streamq.job.record.TransitionBatch;
import io.streamq.schemas.EmissionConfig;
import io.streamq.schemas.LimitsConfig;
import io.streamq.schemas.PolicyConfig;
import io.streamq.schemas.UpdateReason;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that nobody touches, or that are too many, go with a tombstone, and begin anew if they come again. */
class ForgettingHarnessTest {
    private static final long START = 10_000;
    private static final Policies REJECT = new Policies(null, 1000);
    /** Rows live for a second. */
    private static final PolicyConfig.Builder SHORT_LIVED =
            limited(LimitsConfig.newBuilder().setTimeToLiveMillis(1000L));

    /** Rows live for a minute, which is long beside what a clock may go on at once. */
    private static final PolicyConfig.Builder LONG_LIVED =
            limited(LimitsConfig.newBuilder().setTimeToLiveMillis(60_000L));

    private static final long HOUR = 3_600_000;

    private static PolicyConfig.Builder atMost(long rows) {
        return limited(LimitsConfig.newBuilder().setRows(rows));
    }

    private static ShardHarness shard(Backend backend, PolicyControl... configured) throws Exception {
        return new ShardHarness(REJECT, List.of(configured), backend).at(START);
    }

    private static ShardHarness shard(PolicyConfig.Builder policy, Backend backend) throws Exception {
        return shard(backend, control("p", policy));
    }

    private static ShardHarness shard(PolicyConfig.Builder policy) throws Exception {
        return shard(policy, Backend.HASHMAP);
    }

    private static Transition touch(String state) {
        return last(state, 0, 4);
    }

    private static void assertTombstones(List<PolicyChange> changes, String... states) {
        assertThat(changes)
                .allMatch(PolicyChange::isTombstone)
                .extracting(change -> change.state().state())
                .containsExactlyInAnyOrder(states);
    }

    private static Set<String> states(ShardHarness shard) throws Exception {
        Set<String> states = new HashSet<>();
        shard.rows().keySet().forEach(key -> states.add(key.state()));
        return states;
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void aRowThatNobodyTouchedForItsTimeIsForgotten(Backend backend) throws Exception {
        try (ShardHarness shard = shard(SHORT_LIVED, backend).open()) {
            shard.learn(touch("s"));
            assertThat(shard.pass(950)).isEmpty();
            assertThat(shard.rows()).hasSize(1);
            assertTombstones(shard.pass(200), "s");
            assertThat(shard.rows()).isEmpty();
            assertThat(shard.bootstrap(step("p", 0, 0, "s")).nextValue()).isNaN();
            assertThat(shard.gauge(StreamQMetrics.ROWS)).isZero();
            assertThat(shard.gauge("policy.p." + StreamQMetrics.ROWS)).isZero();
            assertThat(shard.count(StreamQMetrics.ROWS_FORGOTTEN)).isOne();
            assertThat(shard.count("policy.p." + StreamQMetrics.ROWS_FORGOTTEN)).isOne();
            assertThat(shard.pass(5000)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void anExperienceMakesARowLiveOn(Backend backend) throws Exception {
        try (ShardHarness shard = shard(SHORT_LIVED, backend).open()) {
            shard.learn(touch("s"), touch("t"));
            shard.pass(600);
            shard.learn(touch("s"));
            assertTombstones(shard.pass(600), "t");
            assertTombstones(shard.pass(600), "s");
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void aRowThatComesAgainBeginsAnewAndCountsItsAnnouncementsOn(Backend backend) throws Exception {
        try (ShardHarness shard = shard(SHORT_LIVED, backend).open()) {
            shard.learn(last("s", 0, 4), last("s", 1, 8), last("s", 0, 16)); // three announcements
            long version = shard.row("s").version();
            shard.pass(1100);
            assertThat(shard.learn(last("s", 0, 4))).singleElement().satisfies(announced -> {
                assertThat(announced.reason()).isEqualTo(UpdateReason.FIRST);
                assertThat(announced.qValues()).containsExactly(2, 0);
                assertThat(announced.visits()).containsExactly(1, 0);
                assertThat(announced.version()).isGreaterThan(version);
                assertThat(announced.epoch()).isEqualTo(START);
            });
        }
    }

    @Test
    void aRowThatComesAgainStartsAtTheInitialValue() throws Exception {
        try (ShardHarness shard = shard(limited(LimitsConfig.newBuilder().setTimeToLiveMillis(1000L))
                        .setInitialQ(8))
                .open()) {
            shard.learn(last("s", 0, 0), last("s", 1, 0));
            shard.pass(1100);
            shard.learn(last("s", 0, 4));
            assertThat(shard.row("s").value(0, 0)).isEqualTo(6);
            assertThat(shard.row("s").value(0, 1)).isEqualTo(8);
        }
    }

    @Test
    void aForgottenRowForgetsItsLegalActionsToo() throws Exception {
        try (ShardHarness shard = shard(SHORT_LIVED).open()) {
            shard.learn(ShardHarness.transition("s", 0, 4, null, ShardHarness.HEADS, -1, new long[] {1}));
            shard.pass(1100);
            shard.learn(last("s", 1, 4));
            assertThat(shard.deadLetters()).isEmpty();
            assertThat(shard.row("s").visits(1)).isOne();
        }
    }

    @Test
    void rowsOfAFrozenPolicyLive() throws Exception {
        try (ShardHarness shard = shard(SHORT_LIVED).open()) {
            shard.learn(touch("s"));
            shard.configure(control("p", PolicyConfig.newBuilder(SHORT_LIVED).setFrozen(true)));
            assertThat(shard.pass(60_000)).isEmpty();
            assertThat(shard.rows()).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void theTimeForWhichAPolicyIsFrozenDoesNotCount(Backend backend) throws Exception {
        try (ShardHarness shard = shard(LONG_LIVED, backend).open()) {
            shard.learn(touch("s"));
            shard.pass(20_000);
            shard.learn(touch("t"));
            shard.configure(control("p", PolicyConfig.newBuilder(LONG_LIVED).setFrozen(true)));
            shard.pass(600_000);
            shard.configure(control("p", LONG_LIVED));
            assertThat(shard.pass(39_900)).isEmpty();
            assertTombstones(shard.pass(300), "s");
            assertThat(shard.pass(19_700)).isEmpty();
            assertTombstones(shard.pass(300), "t");
        }
    }

    /** That of "s" is left of limits of before, and the one of "t" was not kept. */
    @Test
    void aTimeToLiveThatComesWhenAPolicyThawsBeginsThen() throws Exception {
        try (ShardHarness shard = shard(SHORT_LIVED).open()) {
            shard.learn(touch("s"));
            shard.configure(control("p", halfway()));
            shard.learn(touch("t"));
            shard.configure(control("p", halfway().setFrozen(true)));
            shard.pass(60_000);
            shard.configure(control("p", SHORT_LIVED));
            assertThat(shard.pass(950)).isEmpty();
            assertTombstones(shard.pass(200), "s", "t");
        }
    }

    /** The limit on rows keeps their times meanwhile. */
    @ParameterizedTest
    @EnumSource(Backend.class)
    void aTimeToLiveThatComesAfterAThawDoesNotCountTheFreeze(Backend backend) throws Exception {
        OperatorSubtaskState snapshot;
        try (ShardHarness shard = shard(atMost(9), backend).open()) {
            shard.learn(touch("s"));
            shard.pass(20_000);
            shard.learn(touch("t"));
            shard.configure(control("p", atMost(9).setFrozen(true)));
            shard.pass(600_000);
            shard.configure(control("p", atMost(9)));
            snapshot = shard.snapshot();
            assertATimeToLiveGoesOnFromTheFreeze(shard);
        }
        try (ShardHarness shard = shard(backend).at(START + HOUR).open(snapshot)) {
            shard.announced();
            assertATimeToLiveGoesOnFromTheFreeze(shard);
        }
    }

    private static void assertATimeToLiveGoesOnFromTheFreeze(ShardHarness shard) throws Exception {
        shard.configure(control("p", LONG_LIVED));
        assertThat(shard.pass(39_900)).isEmpty();
        assertTombstones(shard.pass(300), "s");
        assertThat(shard.pass(19_700)).isEmpty();
        assertTombstones(shard.pass(300), "t");
    }

    @Test
    void rowsOfOtherPoliciesLive() throws Exception {
        try (ShardHarness shard = shard(Backend.HASHMAP, control("p", SHORT_LIVED), control("q", halfway()))
                .open()) {
            shard.learn(in("p", touch("s")), in("q", touch("s")));
            assertTombstones(shard.pass(60_000), "s");
            assertThat(shard.rows()).containsOnlyKeys(StateKey.of("q", "s"));
        }
    }

    @Test
    void theTimeToLiveOfTheOptionsHoldsForPoliciesThatExperienceCreates() throws Exception {
        try (ShardHarness shard =
                new ShardHarness(SHORT_LIVED, Backend.HASHMAP).at(START).open()) {
            shard.learn(touch("s"));
            assertTombstones(shard.pass(1100), "s");
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void aRestoredRowHasTheRestOfItsTimeHoweverLongTheJobWasDown(Backend backend) throws Exception {
        OperatorSubtaskState snapshot;
        try (ShardHarness shard = shard(SHORT_LIVED, backend).open()) {
            shard.learn(touch("s"));
            shard.pass(300);
            shard.learn(touch("t"));
            snapshot = shard.snapshot();
        }
        long hourLater = START + 3_600_000;
        try (ShardHarness shard = shard(SHORT_LIVED, backend).at(hourLater).open(snapshot)) {
            shard.pass(100);
            snapshot = shard.snapshot(); // and it crashes again before anybody touches a row
        }
        try (ShardHarness shard = shard(SHORT_LIVED, backend).at(2 * hourLater).open(snapshot)) {
            assertThat(shard.pass(550)).isEmpty();
            assertTombstones(shard.pass(200), "s");
            assertTombstones(shard.pass(300), "t");
            assertThat(shard.learn(touch("u"))).hasSize(1);
            assertThat(shard.pass(950)).isEmpty();
            assertTombstones(shard.pass(200), "u");
        }
    }

    @Test
    void noRowIsForgottenBecauseItsHostWasSuspended() throws Exception {
        try (ShardHarness shard = shard(LONG_LIVED).open()) {
            shard.learn(touch("s"));
            shard.at(START + HOUR);
            assertThat(shard.pass(49_900)).isEmpty();
            assertTombstones(shard.pass(10_300), "s");
        }
    }

    @Test
    void noRowIsForgottenBecauseTheClockWasSetOn() throws Exception {
        try (ShardHarness shard = shard(LONG_LIVED).open()) {
            shard.learn(touch("s"));
            shard.learn.correctClock(HOUR);
            shard.learn(touch("t"));
            assertThat(shard.pass(49_900)).isEmpty();
            assertTombstones(shard.pass(200), "s");
            assertThat(shard.pass(9_700)).isEmpty();
            assertTombstones(shard.pass(200), "t");
        }
    }

    @Test
    void aRowIsForgottenInTimeThoughTheClockWasSetBack() throws Exception {
        try (ShardHarness shard = shard(LONG_LIVED).open()) {
            shard.learn(touch("s"));
            shard.pass(30_000);
            shard.learn.correctClock(-HOUR);
            shard.learn(touch("t"));
            assertThat(shard.pass(29_900)).isEmpty();
            assertTombstones(shard.pass(300), "s");
            assertThat(shard.pass(29_700)).isEmpty();
            assertTombstones(shard.pass(300), "t");
        }
    }

    /** Its limit on rows kept the times of the rows, and nobody came meanwhile. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void noRowIsForgottenEarlyThoughAnotherShardWasHeldUpFor(int heldUp) throws Exception {
        OperatorSubtaskState[] saved = new OperatorSubtaskState[2];
        for (int subtask = 0; subtask < 2; subtask++) {
            try (ShardHarness shard = new ShardHarness(LONG_LIVED, Backend.HASHMAP, 2, subtask)
                    .at(START)
                    .open()) {
                if (subtask == heldUp) {
                    shard.at(START + 300_000);
                } else {
                    shard.pass(300_000);
                }
                shard.learn(touch(own(shard)));
                saved[subtask] = shard.snapshot();
            }
        }
        try (ShardHarness shard = new ShardHarness(LONG_LIVED, Backend.HASHMAP)
                .at(START + 301_000)
                .open(share(2, 1, 0, saved))) {
            shard.pass(59_000);
            assertThat(shard.rows()).hasSize(2);
            shard.pass(2_000);
            assertThat(shard.rows()).isEmpty();
        }
    }

    private static String own(ShardHarness shard) {
        return IntStream.range(0, 1000)
                .mapToObj(String::valueOf)
                .filter(state -> shard.owns(touch(state)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aTimeToLiveThatComesLaterCountsTheTimeThatWasKept() throws Exception {
        try (ShardHarness shard = shard(atMost(9)).open()) {
            shard.learn(touch("s"));
            shard.pass(55_000);
            shard.configure(control("p", LONG_LIVED));
            assertThat(shard.pass(4_900)).isEmpty();
            assertTombstones(shard.pass(300), "s");
        }
    }

    @Test
    void aTimeToLiveThatComesLaterBeginsThen() throws Exception {
        try (ShardHarness shard = shard(halfway()).open()) {
            shard.learn(touch("s"));
            shard.pass(60_000);
            shard.configure(control("p", SHORT_LIVED));
            assertThat(shard.pass(950)).isEmpty();
            assertTombstones(shard.pass(200), "s");
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void aTimeToLiveThatComesByTheOptionsBeginsWithTheFirstAttemptThatHasIt(Backend backend) throws Exception {
        OperatorSubtaskState snapshot;
        try (ShardHarness shard = new ShardHarness(halfway(), backend).at(START).open()) {
            shard.learn(touch("s"), touch("t"));
            snapshot = shard.snapshot();
        }
        try (ShardHarness shard =
                new ShardHarness(SHORT_LIVED, backend).at(START + HOUR).open(snapshot)) {
            assertThat(shard.pass(600)).isEmpty();
            snapshot = shard.snapshot();
        }
        try (ShardHarness shard =
                new ShardHarness(SHORT_LIVED, backend).at(START + 2 * HOUR).open(snapshot)) {
            assertThat(shard.pass(350)).isEmpty();
            assertTombstones(shard.pass(200), "s", "t");
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void aRowThatWasTouchedWhileThereWasNoTimeToLiveIsNotForgottenAtOnce(Backend backend) throws Exception {
        try (ShardHarness shard = shard(SHORT_LIVED, backend).open()) {
            shard.learn(touch("s"));
            shard.configure(control("p", halfway()));
            shard.pass(60_000);
            shard.learn(touch("s"));
            shard.configure(control("p", SHORT_LIVED));
            assertThat(shard.pass(950)).isEmpty();
            assertTombstones(shard.pass(200), "s");
        }
    }

    /** More rows than are seen to at a stretch. */
    @Test
    void manyRowsAreForgottenWithoutWaitingBetweenTheStretches() throws Exception {
        try (ShardHarness shard = shard(SHORT_LIVED).open()) {
            touchMany(shard, "p", 7000);
            assertThat(shard.pass(950)).isEmpty();
            assertThat(shard.pass(150)).hasSize(7000);
            assertThat(shard.rows()).isEmpty();
        }
    }

    /** Or experience would wait for as many rows as there are, and as many policies. */
    @Test
    void whatCameMeanwhileIsSeenToBetweenTheStretches() throws Exception {
        try (ShardHarness shard = shard(Backend.HASHMAP, control("p", SHORT_LIVED), control("q", SHORT_LIVED))
                .open()) {
            touchMany(shard, "p", 3000);
            touchMany(shard, "q", 3000);
            assertThat(shard.pass(950)).isEmpty();
            List<PolicyChange> forgottenByThen = new ArrayList<>();
            var unused = shard.learn
                    .getProcessingTimeService()
                    .registerTimer(START + 1050, time -> forgottenByThen.addAll(shard.announced()));
            shard.at(START + 1100);
            assertThat(forgottenByThen).hasSizeBetween(1000, 2500);
            assertThat(shard.announced()).hasSize(6000 - forgottenByThen.size());
        }
    }

    @Test
    void noPolicyWaitsUntilAllRowsOfAnotherAreForgotten() throws Exception {
        try (ShardHarness shard = shard(Backend.HASHMAP, control("p", SHORT_LIVED), control("q", SHORT_LIVED))
                .open()) {
            touchMany(shard, "p", 3000);
            touchMany(shard, "q", 3000);
            List<PolicyChange> forgotten = shard.pass(1100);
            assertThat(forgotten).hasSize(6000);
            assertThat(forgotten.subList(0, 1000))
                    .extracting(change -> change.state().policyId())
                    .contains("p", "q");
        }
    }

    private static void touchMany(ShardHarness shard, String policyId, int rows) throws Exception {
        for (int i = 0; i < rows; i++) {
            shard.learn(in(policyId, touch("s" + i)));
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void beyondTheCapTheLeastRecentlyTouchedRowGoes(Backend backend) throws Exception {
        try (ShardHarness shard = shard(atMost(2), backend).open()) {
            shard.learn(touch("a"), touch("b"), touch("a"));
            List<PolicyChange> announced = shard.learn(touch("c"));
            assertThat(announced).extracting(change -> change.state().state()).containsExactly("c", "b");
            assertThat(announced).extracting(PolicyChange::isTombstone).containsExactly(false, true);
            assertThat(states(shard)).containsExactlyInAnyOrder("a", "c");
            assertThat(shard.bootstrap(step("p", 0, 0, "b")).nextValue()).isNaN();
            assertThat(shard.bootstrap(step("p", 0, 0, "c")).nextValue()).isEqualTo(2);
            assertThat(shard.count("policy.p." + StreamQMetrics.ROWS_FORGOTTEN)).isOne();
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void anEvictedRowThatComesAgainBeginsAnewAndCountsItsAnnouncementsOn(Backend backend) throws Exception {
        try (ShardHarness shard = shard(atMost(1), backend).open()) {
            shard.learn(last("a", 0, 4), last("a", 1, 8), touch("b"));
            assertThat(shard.learn(last("a", 0, 8)))
                    .filteredOn(change -> !change.isTombstone())
                    .singleElement()
                    .satisfies(announced -> {
                        assertThat(announced.reason()).isEqualTo(UpdateReason.FIRST);
                        assertThat(announced.qValues()).containsExactly(4, 0);
                        assertThat(announced.version()).isGreaterThan(2);
                    });
        }
    }

    @Test
    void aCapIsOnePolicysAlone() throws Exception {
        try (ShardHarness shard = shard(Backend.HASHMAP, control("p", atMost(1)), control("q", halfway()))
                .open()) {
            shard.learn(in("q", touch("a")), in("p", touch("a")), in("q", touch("b")), in("p", touch("b")));
            assertThat(shard.rows())
                    .containsOnlyKeys(StateKey.of("q", "a"), StateKey.of("q", "b"), StateKey.of("p", "b"));
        }
    }

    @ParameterizedTest
    @CsvSource({"100, 1", "100, 3", "101, 7", "17, 16", "16, 16"})
    void theSharesOfAllShardsAddUpToTheCap(int rows, int parallelism) throws Exception {
        int kept = 0;
        for (int subtask = 0; subtask < parallelism; subtask++) {
            try (ShardHarness shard = new ShardHarness(
                            REJECT, List.of(control("p", atMost(rows))), Backend.HASHMAP, parallelism, subtask)
                    .open()) {
                for (int i = 0; i < 10 * rows; i++) {
                    Transition transition = touch("s" + i);
                    if (shard.owns(transition)) {
                        shard.learn(transition);
                    }
                }
                kept += shard.rows().size();
            }
        }
        assertThat(kept).isEqualTo(rows);
    }

    @Test
    void eachShardKeepsARowHoweverLowTheCap() throws Exception {
        try (ShardHarness shard = new ShardHarness(
                        REJECT, List.of(control("p", atMost(1))), Backend.HASHMAP, MAX_PARALLELISM, 5)
                .open()) {
            for (int i = 0; i < 200; i++) {
                Transition transition = touch("s" + i);
                if (shard.owns(transition)) {
                    shard.learn(transition);
                }
            }
            assertThat(shard.rows()).hasSize(1);
        }
    }

    /** States are looked up ahead, when the row was still there. */
    @ParameterizedTest
    @EnumSource(Backend.class)
    void aRowEvictedInTheMiddleOfABatchBeginsAnewThere(Backend backend) throws Exception {
        try (ShardHarness shard = shard(atMost(1), backend).open()) {
            shard.learn(touch("a"));
            TransitionBatch batch = new TransitionBatch();
            for (String state : new String[] {"a", "b", "a"}) {
                touch(state).addTo(batch, 0, 0);
            }
            shard.apply(batch);
            assertThat(shard.rows()).hasSize(1);
            assertThat(shard.row("a").visits(0)).isOne();
        }
    }

    @Test
    void aCapBeyondAllMeasureEvictsNothing() throws Exception {
        try (ShardHarness shard = shard(atMost(Long.MAX_VALUE)).open()) {
            shard.learn(touch("a"), touch("b"), touch("c"));
            assertThat(shard.rows()).hasSize(3);
        }
    }

    @Test
    void theCapOfTheOptionsHoldsForEachPolicyThatExperienceCreates() throws Exception {
        try (ShardHarness shard = new ShardHarness(atMost(1), Backend.HASHMAP).open()) {
            shard.learn(in("p", touch("a")), in("q", touch("a")), in("p", touch("b")));
            assertThat(shard.rows()).containsOnlyKeys(StateKey.of("q", "a"), StateKey.of("p", "b"));
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void aRestoredShardKnowsWhichRowWasTouchedLast(Backend backend) throws Exception {
        OperatorSubtaskState snapshot;
        try (ShardHarness shard = shard(atMost(3), backend).open()) {
            for (String state : List.of("a", "b", "c", "a")) {
                shard.learn(touch(state));
                shard.pass(10);
            }
            snapshot = shard.snapshot();
        }
        try (ShardHarness shard = shard(atMost(3), backend).at(START + 1000).open(snapshot)) {
            shard.announced();
            assertThat(shard.learn(touch("d")))
                    .filteredOn(PolicyChange::isTombstone)
                    .extracting(PolicyChange::state)
                    .containsExactly(key("b"));
        }
    }

    /** The attempt that crashed may have evicted others than this one will. */
    @ParameterizedTest
    @EnumSource(Backend.class)
    void aRestoredPolicyWithACapIsAnnouncedAnew(Backend backend) throws Exception {
        OperatorSubtaskState snapshot;
        try (ShardHarness shard =
                shard(backend, control("p", atMost(3)), control("q", halfway())).open()) {
            shard.learn(in("p", touch("a")), in("p", touch("b")), in("q", touch("c")));
            snapshot = shard.snapshot();
        }
        try (ShardHarness shard = shard(backend, control("p", atMost(3)), control("q", halfway()))
                .at(START + 1000)
                .open(snapshot)) {
            assertThat(shard.announced())
                    .allMatch(change -> change.reason() == UpdateReason.RESTORED && change.epoch() == START + 1000)
                    .extracting(PolicyChange::state)
                    .containsExactlyInAnyOrder(key("a"), key("b"));
        }
    }

    /** The table is gone through once to restore it: if it were once for each policy, that would take a thousand times as long. */
    @Test
    void restoredPoliciesWithCapsAreAnnouncedInNoMoreTimeThanItTookToRestoreAllRows() throws Exception {
        List<PolicyControl> configured = new ArrayList<>(List.of(control("q", halfway())));
        for (int i = 0; i < 2_000; i++) {
            configured.add(control("p" + i, atMost(9)));
        }
        OperatorSubtaskState snapshot;
        try (ShardHarness shard = new ShardHarness(REJECT, configured, Backend.HASHMAP).open()) {
            TransitionBatch batch = new TransitionBatch();
            for (int i = 0; i < 100_000; i++) {
                in("q", touch("s" + i)).addTo(batch, 0, 0);
            }
            for (int i = 0; i < 2_000; i++) {
                in("p" + i, touch("s")).addTo(batch, 0, 0);
            }
            shard.learn.process(batch);
            snapshot = shard.snapshot();
        }
        try (ShardHarness shard = new ShardHarness(REJECT, List.of(), Backend.HASHMAP).learnComes()) {
            long start = System.nanoTime();
            shard.learnRestores(snapshot);
            long restored = System.nanoTime();
            shard.at(START);
            assertThat(System.nanoTime() - restored).isLessThan(restored - start);
            assertThat(shard.announced()).hasSize(2_000);
        }
    }

    @Test
    void aShardThatRestoresMoreRowsThanItsShareEvicts() throws Exception {
        OperatorSubtaskState[] snapshots = new OperatorSubtaskState[2];
        for (int subtask = 0; subtask < 2; subtask++) {
            try (ShardHarness shard = new ShardHarness(
                            REJECT, List.of(control("p", atMost(1))), Backend.HASHMAP, 2, subtask)
                    .at(START + subtask)
                    .open()) {
                for (int i = 0; shard.rows().isEmpty(); i++) {
                    if (shard.owns(touch("s" + i))) {
                        shard.learn(touch("s" + i));
                    }
                }
                snapshots[subtask] = shard.snapshot();
            }
        }
        try (ShardHarness shard = shard(atMost(1)).at(START + 1000).open(share(2, 1, 0, snapshots))) {
            assertThat(shard.rows()).hasSize(1);
            assertThat(shard.rows().values().iterator().next().touchedAtMillis())
                    .isEqualTo(START + 1);
            assertThat(shard.announced()).filteredOn(PolicyChange::isTombstone).hasSize(1);
        }
    }

    @Test
    void aLowerCapEvictsAtOnce() throws Exception {
        try (ShardHarness shard = shard(atMost(3)).open()) {
            for (String state : List.of("a", "b", "c", "a")) {
                shard.learn(touch(state));
                shard.pass(10);
            }
            assertTombstones(shard.configure(control("p", atMost(1))), "b", "c");
            assertThat(states(shard)).containsExactly("a");
        }
    }

    @Test
    void aCapThatComesLaterEvictsAtOnce() throws Exception {
        try (ShardHarness shard = shard(halfway()).open()) {
            shard.learn(touch("a"), touch("b"), touch("c"));
            assertThat(shard.configure(control("p", atMost(2)))).hasSize(1);
            assertThat(shard.rows()).hasSize(2);
        }
    }

    @Test
    void aFrozenPolicyEvictsNothingUntilItThaws() throws Exception {
        try (ShardHarness shard = shard(atMost(3)).open()) {
            shard.learn(touch("a"), touch("b"), touch("c"));
            assertThat(shard.configure(control("p", atMost(1).setFrozen(true)))).isEmpty();
            assertThat(shard.rows()).hasSize(3);
            assertTombstones(shard.configure(control("p", atMost(1))), "a", "b");
        }
    }

    @Test
    void aFrozenPolicyEvictsNothingWhenItIsRestoredWithMoreRowsThanItMayHave() throws Exception {
        OperatorSubtaskState snapshot;
        try (ShardHarness shard = shard(halfway()).open()) {
            shard.learn(touch("a"), touch("b"), touch("c"));
            shard.configure(control("p", atMost(1).setFrozen(true)));
            snapshot = shard.snapshot();
        }
        try (ShardHarness shard = shard(Backend.HASHMAP).open(snapshot)) {
            assertThat(shard.announced()).noneMatch(PolicyChange::isTombstone);
            assertThat(shard.rows()).hasSize(3);
        }
    }

    /** Nobody could touch them meanwhile, and so their order stands. */
    @Test
    void aThawedPolicyStillKnowsWhichRowWasTouchedLast() throws Exception {
        try (ShardHarness shard = shard(atMost(9)).open()) {
            for (int i = 0; i < 9; i++) {
                shard.learn(touch("s" + i));
                shard.pass(10);
            }
            shard.configure(control("p", atMost(9).setFrozen(true)));
            shard.configure(control("p", atMost(9)));
            assertTheFirstThreeGo(shard);
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void aThawedPolicyWithATimeToLiveStillKnowsWhichRowWasTouchedLastAlsoAfterARestore(Backend backend)
            throws Exception {
        PolicyConfig.Builder both =
                limited(LimitsConfig.newBuilder().setRows(9L).setTimeToLiveMillis(60_000L));
        OperatorSubtaskState snapshot;
        try (ShardHarness shard = shard(both, backend).open()) {
            for (int i = 0; i < 9; i++) {
                shard.learn(touch("s" + i));
                shard.pass(10);
            }
            shard.configure(control("p", PolicyConfig.newBuilder(both).setFrozen(true)));
            shard.pass(1000);
            shard.configure(
                    control("p", PolicyConfig.newBuilder(both).setFrozen(true).setInitialQ(1)));
            shard.pass(1000);
            shard.configure(control("p", PolicyConfig.newBuilder(both).setInitialQ(1)));
            snapshot = shard.snapshot();
            assertTheFirstThreeGo(shard);
        }
        try (ShardHarness shard = shard(backend).at(START + HOUR).open(snapshot)) {
            shard.announced();
            assertTheFirstThreeGo(shard);
        }
    }

    private static void assertTheFirstThreeGo(ShardHarness shard) throws Exception {
        assertThat(shard.learn(touch("a"), touch("b"), touch("c")))
                .filteredOn(PolicyChange::isTombstone)
                .extracting(PolicyChange::state)
                .containsExactly(key("s0"), key("s1"), key("s2"));
    }

    @Test
    void aChangeLeavesTheOrderOfRowsThatWereTouchedInTheSameMillisecond() throws Exception {
        try (ShardHarness shard = shard(atMost(9)).open()) {
            for (int i = 0; i < 9; i++) {
                shard.learn(touch("s" + i));
            }
            shard.configure(control("p", atMost(9).setInitialQ(1)));
            assertTheFirstThreeGo(shard);
        }
    }

    @Test
    void aRowIsTombstonedThoughItWasNeverAnnounced() throws Exception {
        PolicyConfig.Builder young = PolicyConfig.newBuilder(SHORT_LIVED)
                .setEmissionBuilder(EmissionConfig.newBuilder().setMinimumVisits(5));
        try (ShardHarness shard = shard(young).open()) {
            assertThat(shard.learn(touch("s"))).isEmpty();
            assertTombstones(shard.pass(1100), "s");
        }
    }
}

package io.streamq.job.learn;

import static io.streamq.job.learn.ShardHarness.key;
import static io.streamq.job.learn.ShardHarness.last;
import static io.streamq.job.policy.PolicyConfigs.announced;
import static io.streamq.job.policy.PolicyConfigs.control;
import static io.streamq.job.policy.PolicyConfigs.halfway;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.streamq.job.options.JobOptions.Policies;
import io.streamq.job.policy.PolicyConfigs;
import io.streamq.job.record.PolicyChange;
import io.streamq.job.record.StateKey;
import io.streamq.job.record.Transition;
import io.streamq.schemas.EmissionConfig;
import io.streamq.schemas.PolicyConfig;
import io.streamq.schemas.UpdateReason;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is announced when, by the emission rules of a policy. */
class EmissionHarnessTest {
    private static final long START = 10_000;
    private static final EmissionConfig.Builder EACH_SECOND =
            EmissionConfig.newBuilder().setMinimumIntervalMillis(1000);
    private static final EmissionConfig.Builder HEARTBEAT =
            EmissionConfig.newBuilder().setHeartbeatMillis(5000L);

    /** A shard that knows one configured policy, "p". */
    private static ShardHarness shard(PolicyConfig.Builder policy, Backend backend) throws Exception {
        return new ShardHarness(new Policies(null, 1000), List.of(control("p", policy)), backend).at(START);
    }

    private static ShardHarness shard(EmissionConfig.Builder emission, Backend backend) throws Exception {
        return shard(announced(emission), backend);
    }

    private static ShardHarness shard(EmissionConfig.Builder emission) throws Exception {
        return shard(emission, Backend.HASHMAP);
    }

    /** Makes action 1 greedy in a new state: Q = (0, 2). */
    private static Transition first(String state) {
        return last(state, 1, 4);
    }

    /** Makes action 0 greedy after {@link #first}: Q = (4, 2). */
    private static Transition change(String state) {
        return last(state, 0, 8);
    }

    /** Makes action 1 greedy after {@link #change}: Q = (-2, 2). */
    private static Transition changeBack(String state) {
        return last(state, 0, -8);
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void aChallengerMustBeatTheIncumbentByMoreThanTheMargin(Backend backend) throws Exception {
        try (ShardHarness shard =
                shard(EmissionConfig.newBuilder().setMargin(1), backend).open()) {
            shard.learn(first("s")); // Q = (0, 2)
            assertThat(shard.learn(last("s", 0, 6))).isEmpty(); // Q = (3, 2)
            assertThat(shard.learn(last("s", 0, 3.5))) // Q = (3.25, 2)
                    .singleElement()
                    .extracting(PolicyChange::action, PolicyChange::reason)
                    .containsExactly(0, UpdateReason.GREEDY_ACTION_CHANGED);
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void aStateIsFirstAnnouncedAfterItsMinimumOfVisitsAndThenOnEachChange(Backend backend) throws Exception {
        try (ShardHarness shard =
                shard(EmissionConfig.newBuilder().setMinimumVisits(3), backend).open()) {
            assertThat(shard.learn(first("s"), change("s"))).isEmpty();
            assertThat(shard.learn(last("s", 1, 2))).singleElement().satisfies(announced -> {
                assertThat(announced.reason()).isEqualTo(UpdateReason.FIRST);
                assertThat(announced.version()).isOne();
                assertThat(announced.action()).isZero();
                assertThat(announced.visits()).containsExactly(1, 2);
            });
            assertThat(shard.learn(changeBack("s")))
                    .extracting(PolicyChange::reason)
                    .containsExactly(UpdateReason.GREEDY_ACTION_CHANGED);
        }
    }

    @Test
    void visitsBeforeARestoreCountTowardsTheMinimum() throws Exception {
        EmissionConfig.Builder third = EmissionConfig.newBuilder().setMinimumVisits(3);
        OperatorSubtaskState snapshot;
        try (ShardHarness shard = shard(third).open()) {
            shard.learn(first("s"));
            snapshot = shard.snapshot();
        }
        try (ShardHarness shard = shard(third).at(START + 100).open(snapshot)) {
            assertThat(shard.learn(first("s"))).isEmpty();
            assertThat(shard.learn(first("s"))).extracting(PolicyChange::reason).containsExactly(UpdateReason.FIRST);
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void theLastChangeWithinTheIntervalIsAnnouncedAtItsEnd(Backend backend) throws Exception {
        try (ShardHarness shard = shard(EACH_SECOND, backend).open()) {
            assertThat(shard.learn(first("s"))).hasSize(1);
            assertThat(shard.pass(100)).isEmpty();
            assertThat(shard.learn(change("s"))).isEmpty();
            assertThat(shard.pass(850)).isEmpty();
            assertThat(shard.learn(last("s", 0, 6))).isEmpty(); // Q = (5, 2)
            assertThat(shard.pass(200)).singleElement().satisfies(announced -> {
                assertThat(announced.reason()).isEqualTo(UpdateReason.GREEDY_ACTION_CHANGED);
                assertThat(announced.qValues()).containsExactly(5, 2);
                assertThat(announced.version()).isEqualTo(2);
                assertThat(announced.updatedAtMillis()).isBetween(START + 1000, START + 1100);
            });
            assertThat(shard.pass(5000)).isEmpty();
        }
    }

    @Test
    void aClockThatIsSetBackHoldsNothingBackForLongerThanTheInterval() throws Exception {
        OperatorSubtaskState snapshot;
        try (ShardHarness shard = shard(EACH_SECOND).open()) {
            shard.at(START + 3_600_000);
            shard.learn(first("s"), change("s"));
            snapshot = shard.snapshot();
        }
        try (ShardHarness shard = shard(EACH_SECOND).open(snapshot)) {
            assertThat(shard.pass(850)).isEmpty();
            assertThat(shard.pass(250)).hasSize(1);
        }
    }

    @Test
    void aClockThatIsSetBackMeanwhileHoldsNothingBackForLongerThanTheInterval() throws Exception {
        try (ShardHarness shard = shard(EACH_SECOND).open()) {
            shard.learn(first("s"), change("s"));
            shard.pass(500);
            shard.learn.correctClock(-3_600_000);
            assertThat(shard.pass(1200)).hasSize(1);
            assertThat(shard.pass(5000)).isEmpty();
        }
    }

    @Test
    void aClockThatIsSetBackMeanwhileHoldsNoHeartbeatBack() throws Exception {
        try (ShardHarness shard = shard(HEARTBEAT).open()) {
            shard.learn(first("s"));
            shard.pass(500);
            shard.learn.correctClock(-3_600_000);
            shard.learn(first("t"));
            assertThat(shard.pass(4950)).isEmpty();
            assertThat(shard.pass(300)).extracting(PolicyChange::state).containsExactlyInAnyOrder(key("s"), key("t"));
        }
    }

    @Test
    void whatChangedBackWithinTheIntervalIsNotAnnounced() throws Exception {
        try (ShardHarness shard = shard(EACH_SECOND).open()) {
            shard.learn(first("s"));
            assertThat(shard.learn(change("s"), changeBack("s"))).isEmpty();
            assertThat(shard.pass(5000)).isEmpty();
            assertThat(shard.learn(last("s", 0, 30)))
                    .as("a change after the interval goes at once")
                    .hasSize(1);
        }
    }

    @Test
    void anIntervalBeginsWithEachAnnouncement() throws Exception {
        try (ShardHarness shard = shard(EACH_SECOND).open()) {
            shard.learn(first("s"), change("s"));
            assertThat(shard.pass(1100)).hasSize(1);
            assertThat(shard.learn(changeBack("s"))).isEmpty();
            assertThat(shard.pass(850)).isEmpty();
            assertThat(shard.pass(200)).hasSize(1);
        }
    }

    @Test
    void aStateDoesNotWaitForTheIntervalOfAnother() throws Exception {
        try (ShardHarness shard = shard(EACH_SECOND).open()) {
            shard.learn(first("early"));
            shard.pass(900);
            shard.learn(first("late"), change("late"), change("early"));
            assertThat(shard.pass(200)).extracting(PolicyChange::state).containsExactly(key("early"));
            assertThat(shard.pass(750)).isEmpty();
            assertThat(shard.pass(150)).extracting(PolicyChange::state).containsExactly(key("late"));
        }
    }

    @Test
    void theIntervalOfTheOptionsHoldsForPoliciesThatExperienceCreates() throws Exception {
        try (ShardHarness shard = new ShardHarness(announced(EACH_SECOND), Backend.HASHMAP)
                .at(START)
                .open()) {
            shard.learn(first("s"), change("s"));
            assertThat(shard.pass(1100)).hasSize(1);
        }
    }

    @Test
    void aChangeThatWaitsIsNotLostWhenTheInputEnds() throws Exception {
        try (ShardHarness shard = shard(EACH_SECOND).open()) {
            shard.learn(first("s"), first("t"), change("s"), change("t"));
            assertThat(shard.finish()).extracting(PolicyChange::state).containsExactlyInAnyOrder(key("s"), key("t"));
            assertThat(shard.finish()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void aChangeThatWaitsSurvivesARestore(Backend backend) throws Exception {
        OperatorSubtaskState snapshot;
        try (ShardHarness shard = shard(EACH_SECOND, backend).open()) {
            shard.learn(first("s"), first("t"));
            shard.pass(100);
            shard.learn(change("s"));
            snapshot = shard.snapshot();
        }
        try (ShardHarness shard = shard(EACH_SECOND, backend).at(START + 500).open(snapshot)) {
            assertThat(shard.announced()).isEmpty();
            assertThat(shard.pass(450)).isEmpty();
            assertThat(shard.pass(200)).singleElement().satisfies(announced -> {
                assertThat(announced.state()).isEqualTo(key("s"));
                assertThat(announced.reason()).isEqualTo(UpdateReason.GREEDY_ACTION_CHANGED);
                assertThat(announced.version()).isEqualTo(2);
            });
        }
    }

    @Test
    void aStateThatWasForgottenMeanwhileIsNotAnnounced() throws Exception {
        try (ShardHarness shard = shard(EACH_SECOND).open()) {
            shard.learn(first("s"), change("s"));
            shard.configure(control("p", announced(EACH_SECOND).setGeneration(1)));
            assertThat(shard.pass(5000)).isEmpty();
        }
    }

    @Test
    void aValueIsAnnouncedWhenItMovedFurtherThanToleratedAndTheIntervalIsOver() throws Exception {
        try (ShardHarness shard = shard(EmissionConfig.newBuilder(EACH_SECOND).setValueTolerance(0.75))
                .open()) {
            shard.learn(first("s")); // announced at 2
            assertThat(shard.learn(last("s", 1, 4))).isEmpty(); // 3
            assertThat(shard.pass(1100)).singleElement().satisfies(announced -> {
                assertThat(announced.reason()).isEqualTo(UpdateReason.VALUE_CHANGED);
                assertThat(announced.qValues()).containsExactly(0, 3);
            });
            assertThat(shard.learn(last("s", 1, 4))).isEmpty(); // 3.5
            assertThat(shard.pass(1100)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void aHeartbeatAnnouncesARowThatWasNotAnnouncedForItsTime(Backend backend) throws Exception {
        try (ShardHarness shard = shard(HEARTBEAT, backend).open()) {
            shard.learn(first("s"));
            assertThat(shard.pass(4950)).isEmpty();
            assertThat(shard.pass(200)).singleElement().satisfies(announced -> {
                assertThat(announced.reason()).isEqualTo(UpdateReason.HEARTBEAT);
                assertThat(announced.version()).isEqualTo(2);
                assertThat(announced.qValues()).containsExactly(0, 2);
            });
            assertThat(shard.pass(4800)).isEmpty();
            assertThat(shard.pass(300)).extracting(PolicyChange::version).containsExactly(3L);
        }
    }

    @Test
    void anAnnouncementPutsTheHeartbeatOff() throws Exception {
        try (ShardHarness shard = shard(HEARTBEAT).open()) {
            shard.learn(first("s"));
            shard.pass(4000);
            assertThat(shard.learn(change("s"))).hasSize(1);
            assertThat(shard.pass(4900)).isEmpty();
            assertThat(shard.pass(200)).hasSize(1);
        }
    }

    @Test
    void aRowThatIsTooYoungHasNoHeartbeat() throws Exception {
        try (ShardHarness shard =
                shard(EmissionConfig.newBuilder(HEARTBEAT).setMinimumVisits(2)).open()) {
            shard.learn(first("s"));
            assertThat(shard.pass(20_000)).isEmpty();
        }
    }

    @Test
    void aFrozenPolicyHasAHeartbeat() throws Exception {
        try (ShardHarness shard = shard(HEARTBEAT).open()) {
            shard.learn(first("s"));
            shard.configure(control("p", announced(HEARTBEAT).setFrozen(true)));
            assertThat(shard.pass(5100)).extracting(PolicyChange::reason).containsExactly(UpdateReason.HEARTBEAT);
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void aHeartbeatIsKeptThroughARestore(Backend backend) throws Exception {
        OperatorSubtaskState snapshot;
        try (ShardHarness shard = shard(HEARTBEAT, backend).open()) {
            shard.learn(first("s"));
            shard.pass(1000);
            shard.learn(first("t"));
            snapshot = shard.snapshot();
        }
        try (ShardHarness shard = shard(HEARTBEAT, backend).at(START + 4000).open(snapshot)) {
            assertThat(shard.pass(900)).isEmpty();
            assertThat(shard.pass(200)).extracting(PolicyChange::state).containsExactly(key("s"));
            assertThat(shard.pass(1000)).extracting(PolicyChange::state).containsExactly(key("t"));
        }
    }

    /** So a policy gets to another topic whole. */
    @ParameterizedTest
    @EnumSource(Backend.class)
    void aHeartbeatThatComesWithARestartAnnouncesEveryRowThoughNoneIsTouched(Backend backend) throws Exception {
        OperatorSubtaskState snapshot;
        try (ShardHarness shard = new ShardHarness(halfway(), backend).at(START).open()) {
            shard.learn(first("s"), first("t"));
            snapshot = shard.snapshot();
        }
        try (ShardHarness shard =
                new ShardHarness(announced(HEARTBEAT), backend).at(START + 1000).open(snapshot)) {
            assertThat(shard.pass(200)).extracting(PolicyChange::state).containsExactlyInAnyOrder(key("s"), key("t"));
        }
    }

    @Test
    void theHeartbeatOfTheOptionsHoldsForPoliciesThatExperienceCreates() throws Exception {
        try (ShardHarness shard = new ShardHarness(announced(HEARTBEAT), Backend.HASHMAP)
                .at(START)
                .open()) {
            shard.learn(first("s"));
            assertThat(shard.pass(5100)).hasSize(1);
        }
    }

    /** More rows than are seen to at a stretch: none is left out, none is told twice. */
    @Test
    void manyRowsHaveTheirHeartbeatOnceEach() throws Exception {
        try (ShardHarness shard = shard(HEARTBEAT).open()) {
            for (int i = 0; i < 7000; i++) {
                shard.learn(first("s" + i));
            }
            List<StateKey> beaten = new ArrayList<>();
            shard.pass(6000).forEach(change -> beaten.add(change.state()));
            assertThat(beaten)
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, 7000).mapToObj(i -> key("s" + i)).toList());
        }
    }

    @Test
    void withoutEmissionRulesEachChangeOfTheGreedyActionGoesAtOnce() throws Exception {
        try (ShardHarness shard = shard(halfway(), Backend.HASHMAP).open()) {
            assertThat(shard.learn(first("s"), change("s"), changeBack("s"), last("s", 1, 3)))
                    .extracting(PolicyChange::action, PolicyChange::version)
                    .containsExactly(tuple(1, 1L), tuple(0, 2L), tuple(1, 3L));
            assertThat(shard.pass(60_000)).isEmpty();
        }
    }

    @Test
    void lessVisitsByAChangeOfTheConfigurationAnnounceTheRowsThatHaveThem() throws Exception {
        try (ShardHarness shard =
                shard(EmissionConfig.newBuilder().setMinimumVisits(3)).open()) {
            shard.learn(first("once"), first("twice"), first("twice"));
            assertThat(shard.configure(
                            control("p", announced(EmissionConfig.newBuilder().setMinimumVisits(2)))))
                    .extracting(PolicyChange::state, PolicyChange::reason)
                    .containsExactly(tuple(key("twice"), UpdateReason.FIRST));
        }
    }

    @Test
    void aToleranceByAChangeOfTheConfigurationAnnouncesTheRowsThatMovedFurther() throws Exception {
        try (ShardHarness shard = shard(halfway(), Backend.HASHMAP).open()) {
            shard.learn(first("still"), first("moved"), last("moved", 1, 4)); // 2 and 3
            assertThat(shard.configure(
                            control("p", announced(EmissionConfig.newBuilder().setValueTolerance(0.5)))))
                    .extracting(PolicyChange::state, PolicyChange::reason)
                    .containsExactly(tuple(key("moved"), UpdateReason.VALUE_CHANGED));
        }
    }

    @Test
    void noIntervalByAChangeOfTheConfigurationAnnouncesWhatWaitsAtOnce() throws Exception {
        try (ShardHarness shard = shard(EACH_SECOND).open()) {
            shard.learn(first("s"), change("s"));
            assertThat(shard.configure(control("p", halfway()))).hasSize(1);
            assertThat(shard.pass(5000)).isEmpty();
        }
    }

    @Test
    void aNarrowerMarginByAChangeOfTheConfigurationLetsTheBetterActionWin() throws Exception {
        try (ShardHarness shard =
                shard(EmissionConfig.newBuilder().setMargin(3)).open()) {
            assertThat(shard.learn(first("s"), change("s"))).hasSize(1); // Q = (4, 2), and action 1 greedy
            assertThat(shard.configure(control("p", halfway())))
                    .extracting(PolicyChange::action, PolicyChange::reason)
                    .containsExactly(tuple(0, UpdateReason.GREEDY_ACTION_CHANGED));
        }
    }

    @Test
    void aHeartbeatByAChangeOfTheConfigurationBeginsWithRowsOfWhichNobodyKnowsWhenTheyWereAnnounced() throws Exception {
        try (ShardHarness shard = shard(halfway(), Backend.HASHMAP).open()) {
            shard.learn(first("s"));
            shard.configure(PolicyConfigs.control("p", announced(HEARTBEAT)));
            assertThat(shard.pass(200)).hasSize(1);
            assertThat(shard.pass(4800)).isEmpty();
            assertThat(shard.pass(300)).hasSize(1);
        }
    }
}

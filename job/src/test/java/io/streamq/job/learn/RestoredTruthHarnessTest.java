package io.streamq.job.learn;

import static io.streamq.job.learn.ShardHarness.in;
import static io.streamq.job.learn.ShardHarness.key;
import static io.streamq.job.learn.ShardHarness.last;
import static io.streamq.job.learn.ShardHarness.step;
import static io.streamq.job.policy.PolicyConfigs.announced;
import static io.streamq.job.policy.PolicyConfigs.control;
import static io.streamq.job.policy.PolicyConfigs.deletion;
import static io.streamq.job.policy.PolicyConfigs.halfway;
import static io.streamq.job.policy.PolicyConfigs.limited;
import static io.streamq.job.policy.PolicyConfigs.rules;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.job.options.JobOptions.Policies;
import io.streamq.job.record.PolicyChange;
import io.streamq.job.record.PolicyControl;
import io.streamq.job.record.SourceRecord;
import io.streamq.job.record.StateKey;
import io.streamq.job.record.Transition;
import io.streamq.learning.QRow;
import io.streamq.schemas.AlgorithmKind;
import io.streamq.schemas.EmissionConfig;
import io.streamq.schemas.LimitsConfig;
import io.streamq.schemas.PolicyConfig;
import io.streamq.schemas.UpdateReason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.testutils.logging.LoggerAuditingExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.event.Level;

/**
 * What an attempt that crashed announced after its last checkpoint may be wrong now. Each experience that it may have seen comes
 * again, and whatever becomes of it this time, the topic is told what is true of its state. What agents know of a state of which that
 * attempt cannot have announced anything is left alone: it may be of a job before, and all there is.
 */
class RestoredTruthHarnessTest {
    private static final long FIRST_ATTEMPT = 1000;
    private static final long SECOND_ATTEMPT = 5_000_000;
    private static final long THIRD_ATTEMPT = 9_000_000;
    /** Of a third attempt: the last moment at which it goes by what the second one noted. */
    private static final long A_DAY_LATER = SECOND_ATTEMPT + 60_000 + 86_400_000;

    private static final Policies REJECT = new Policies(null, 1000);
    private static final Policies CREATE = new Policies(rules(halfway()), 1000);
    private static final PolicyConfig.Builder THIRD_VISIT =
            announced(EmissionConfig.newBuilder().setMinimumVisits(3));
    private static final PolicyConfig.Builder WINDOW =
            limited(LimitsConfig.newBuilder().setDuplicateWindow(4));
    private static final PolicyConfig.Builder LIVING =
            limited(LimitsConfig.newBuilder().setTimeToLiveMillis(60_000L));

    @RegisterExtension
    final LoggerAuditingExtension warnings = new LoggerAuditingExtension(Doubts.class, Level.WARN);

    /** An attempt of a job that knows the policy "p" from the start. */
    private static ShardHarness attempt(PolicyConfig.Builder policy, Backend backend) throws Exception {
        return new ShardHarness(REJECT, List.of(control("p", policy)), backend);
    }

    /** The attempt that restores what a shard knew that had done all this. */
    private static ShardHarness restored(Policies options, Backend backend, List<PolicyControl> initial, Object... done)
            throws Exception {
        OperatorSubtaskState snapshot;
        try (ShardHarness shard =
                new ShardHarness(options, initial, backend).at(FIRST_ATTEMPT).open()) {
            for (Object each : done) {
                if (each instanceof Transition transition) {
                    shard.learn(transition);
                } else {
                    shard.configure((PolicyControl) each);
                }
            }
            snapshot = shard.snapshot();
        }
        return new ShardHarness(options, initial, backend).at(SECOND_ATTEMPT).open(snapshot);
    }

    private static ShardHarness restored(PolicyConfig.Builder policy, Backend backend, Object... done)
            throws Exception {
        return restored(REJECT, backend, List.of(control("p", policy)), done);
    }

    /** The attempt after that of a shard which crashed behind a checkpoint. */
    private static ShardHarness third(ShardHarness second, Backend backend) throws Exception {
        return third(second, backend, THIRD_ATTEMPT);
    }

    private static ShardHarness third(ShardHarness second, Backend backend, long now) throws Exception {
        OperatorSubtaskState snapshot;
        try (second) {
            snapshot = second.snapshot();
        }
        return new ShardHarness(REJECT, List.of(), backend).at(now).open(snapshot);
    }

    private static void assertAnnouncedOnce(ShardHarness shard, Transition transition) throws Exception {
        assertThat(shard.learn(transition))
                .singleElement()
                .extracting(PolicyChange::state, PolicyChange::reason, PolicyChange::epoch, PolicyChange::version)
                .containsExactly(key("s"), UpdateReason.RESTORED, SECOND_ATTEMPT, 2L);
        assertThat(shard.learn(transition)).isEmpty();
    }

    private static void assertDeniedOnce(ShardHarness shard, Transition transition) throws Exception {
        assertThat(shard.learn(transition))
                .singleElement()
                .extracting(PolicyChange::state, PolicyChange::isTombstone)
                .containsExactly(transition.state(), true);
        assertThat(shard.learn(transition)).isEmpty();
    }

    // A row that is there is announced, whatever becomes of the experience.

    @ParameterizedTest
    @EnumSource(Backend.class)
    void theFirstTouchAnnouncesARowWhoseExperienceIsRejected(Backend backend) throws Exception {
        try (ShardHarness shard = restored(halfway(), backend, last("s", 0, 4))) {
            assertAnnouncedOnce(shard, last("s", 7, 4));
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void theFirstTouchAnnouncesARowWhoseExperienceIsSuppressed(Backend backend) throws Exception {
        try (ShardHarness shard = restored(WINDOW, backend, last("s", 0, 4, 77))) {
            assertAnnouncedOnce(shard, last("s", 0, 4, 77));
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void theFirstTouchAnnouncesARowWhosePolicyIsFrozen(Backend backend) throws Exception {
        try (ShardHarness shard = restored(
                halfway(), backend, last("s", 0, 4), control("p", halfway().setFrozen(true)))) {
            assertAnnouncedOnce(shard, last("s", 0, 4));
        }
    }

    /** What was announced is part of the row, and of the next snapshot. */
    @ParameterizedTest
    @EnumSource(Backend.class)
    void anAnnouncementWithoutAnUpdateIsKept(Backend backend) throws Exception {
        try (ShardHarness shard = restored(halfway(), backend, last("s", 0, 4))) {
            shard.learn(last("s", 7, 4));
            assertThat(shard.row("s").version()).isEqualTo(2);
            assertThat(shard.row("s").epoch()).isEqualTo(SECOND_ATTEMPT);
        }
    }

    /** The attempt that crashed may have forgotten others by them. */
    @ParameterizedTest
    @EnumSource(Backend.class)
    void otherLimitsAnnounceAllRowsOfTheirPolicy(Backend backend) throws Exception {
        try (ShardHarness shard = restored(halfway(), backend, last("s", 0, 4), last("t", 0, 4))) {
            assertAnnouncedAnew(
                    shard.configure(
                            control("p", limited(LimitsConfig.newBuilder().setRows(2L)))),
                    "s",
                    "t");
        }
    }

    private static void assertAnnouncedAnew(List<PolicyChange> announced, String... states) {
        assertThat(announced)
                .allMatch(change -> change.reason() == UpdateReason.RESTORED)
                .extracting(change -> change.state().state())
                .containsExactlyInAnyOrder(states);
    }

    /** It is an emergency brake, however many rows there are; what the attempt that crashed learnt comes again, and tells of its row. */
    @ParameterizedTest
    @EnumSource(Backend.class)
    void aFreezeOrThawGoesOverNoRow(Backend backend) throws Exception {
        try (ShardHarness shard = restored(halfway(), backend, last("s", 0, 4), last("t", 0, 4))) {
            assertThat(shard.configure(control("p", halfway().setFrozen(true)))).isEmpty();
            assertThat(shard.configure(control("p", halfway()))).isEmpty();
            assertThat(shard.rows().values()).extracting(QRow::epoch).containsOnly(FIRST_ATTEMPT);
            shard.configure(control("p", halfway().setFrozen(true)));
            assertAnnouncedOnce(shard, last("s", 0, 4));
        }
    }

    /** The attempt that crashed may have forgotten it in time, and read later that it stays. */
    @ParameterizedTest
    @EnumSource(Backend.class)
    void aFreezeAnnouncesEachRowWithATimeToLiveThatWasNotTouchedSince(Backend backend) throws Exception {
        try (ShardHarness shard = restored(LIVING, backend, last("s", 0, 4), last("t", 0, 4), last("u", 0, 4))) {
            shard.learn(last("t", 0, 4));
            assertAnnouncedAnew(
                    shard.configure(control("p", PolicyConfig.newBuilder(LIVING).setFrozen(true))), "s", "u");
            assertThat(shard.row("s").epoch()).as("kept").isEqualTo(SECOND_ATTEMPT);
        }
    }

    /** The attempt that crashed may have thawed them, forgotten them in time, and read later that they are frozen again. */
    @ParameterizedTest
    @EnumSource(Backend.class)
    void aThawAnnouncesEachRowWithATimeToLive(Backend backend) throws Exception {
        PolicyConfig.Builder frozen = PolicyConfig.newBuilder(LIVING).setFrozen(true);
        try (ShardHarness shard = restored(LIVING, backend, last("s", 0, 4), last("t", 0, 4), control("p", frozen))) {
            assertAnnouncedAnew(shard.configure(control("p", LIVING)), "s", "t");
            assertThat(shard.configure(control("p", frozen))).isEmpty();
        }
    }

    // A row that is not there is denied.

    @Test
    void aStateWhoseExperienceIsRejectedIsDenied() throws Exception {
        try (ShardHarness shard = restored(halfway(), Backend.HASHMAP)) {
            assertDeniedOnce(shard, last("s", 7, 4));
        }
    }

    /** Which policies a shard creates depends on the order of experience. */
    @Test
    void aStateOfOnePolicyTooManyIsDenied() throws Exception {
        Policies one = new Policies(rules(halfway()), 1);
        try (ShardHarness shard = restored(one, Backend.HASHMAP, List.of(), last("s", 0, 4))) {
            assertDeniedOnce(shard, in("unknown", last("s", 0, 4)));
        }
    }

    @Test
    void aStateWhoseExperienceIsRejectedBeforeItIsOldEnoughIsDenied() throws Exception {
        try (ShardHarness shard = restored(THIRD_VISIT, Backend.HASHMAP, last("s", 0, 4))) {
            assertDeniedOnce(shard, last("s", 7, 4));
        }
    }

    /** Which copies a row remembers depends on the order of experience. */
    @Test
    void aStateWhoseExperienceIsSuppressedBeforeItIsOldEnoughIsDenied() throws Exception {
        PolicyConfig.Builder policy = limited(LimitsConfig.newBuilder().setDuplicateWindow(1))
                .setEmissionBuilder(EmissionConfig.newBuilder().setMinimumVisits(3));
        try (ShardHarness shard = restored(policy, Backend.HASHMAP, last("s", 0, 4, 77))) {
            assertDeniedOnce(shard, last("s", 0, 4, 77));
        }
    }

    @Test
    void aDeniedStateThatIsLearntAfterAllIsAnnounced() throws Exception {
        try (ShardHarness shard = restored(halfway(), Backend.HASHMAP)) {
            shard.learn(last("s", 7, 4));
            assertThat(shard.learn(last("s", 0, 4)))
                    .singleElement()
                    .extracting(PolicyChange::reason)
                    .isEqualTo(UpdateReason.FIRST);
        }
    }

    @Test
    void nothingIsDeniedByAJobThatHasNoPast() throws Exception {
        try (ShardHarness shard =
                attempt(halfway(), Backend.HASHMAP).at(FIRST_ATTEMPT).open()) {
            assertThat(shard.learn(last("s", 7, 4), in("unknown", last("s", 0, 4))))
                    .isEmpty();
        }
    }

    @Test
    void aRetryOfAJobThatCrashedBeforeItsFirstCheckpointDeniesToo() throws Exception {
        try (ShardHarness shard =
                attempt(halfway(), Backend.HASHMAP).retry().at(SECOND_ATTEMPT).open()) {
            assertDeniedOnce(shard, last("s", 7, 4));
        }
    }

    /** No attempt before can have seen it. */
    @Test
    void anExperienceThatIsYoungerThanTheAttemptDeniesNothing() throws Exception {
        try (ShardHarness shard = restored(halfway(), Backend.HASHMAP)) {
            assertThat(shard.learn(sentAt(SECOND_ATTEMPT + 600_000, last("s", 7, 4))))
                    .isEmpty();
            assertThat(shard.learn(sentAt(SECOND_ATTEMPT - 1, last("s", 7, 4)))).hasSize(1);
        }
    }

    /** Nor is it much younger than it seems, as the clock of who sent it may be ahead. */
    @Test
    void anExperienceThatSeemsALittleYoungerThanTheAttemptDenies() throws Exception {
        try (ShardHarness shard = restored(halfway(), Backend.HASHMAP)) {
            assertThat(shard.learn(sentAt(SECOND_ATTEMPT + 30_000, last("s", 7, 4))))
                    .hasSize(1);
        }
    }

    private static Transition sentAt(long timestampMillis, Transition transition) {
        SourceRecord source = transition.source();
        return new Transition(
                transition.state(),
                transition.nextState(),
                transition.action(),
                transition.reward(),
                transition.discount(),
                transition.identity(),
                transition.nextAction(),
                transition.legalActions(),
                new SourceRecord(source.partition(), source.offset(), timestampMillis, source.key(), source.value()));
    }

    // A row that is not there, and was not in the attempt that crashed either, is left alone.

    @Test
    void aStateWhosePolicyStaysFrozenIsLeftAlone() throws Exception {
        try (ShardHarness shard =
                restored(halfway(), Backend.HASHMAP, control("p", halfway().setFrozen(true)))) {
            assertThat(shard.learn(last("s", 0, 4), last("t", 0, 4))).isEmpty();
            assertThat(shard.configure(control("q", halfway()))).isEmpty();
        }
    }

    @Test
    void aStateOfAPolicyThatStaysUnknownIsLeftAlone() throws Exception {
        try (ShardHarness shard = restored(REJECT, Backend.HASHMAP, List.of())) {
            assertThat(shard.learn(last("s", 0, 4), in("unknown", last("s", 0, 4))))
                    .isEmpty();
            assertThat(shard.configure(control("q", halfway()))).isEmpty();
        }
    }

    @Test
    void aStateIsLeftAloneUntilItIsOldEnoughToBeAnnounced() throws Exception {
        try (ShardHarness shard = restored(THIRD_VISIT, Backend.HASHMAP, last("s", 0, 4))) {
            assertThat(shard.learn(last("s", 0, 4))).isEmpty();
            assertThat(shard.learn(last("s", 0, 4)))
                    .singleElement()
                    .extracting(PolicyChange::reason)
                    .isEqualTo(UpdateReason.FIRST);
        }
    }

    /** No attempt before can have had it in force. */
    @Test
    void aConfigurationThatIsYoungerThanTheAttemptDeniesNothing() throws Exception {
        try (ShardHarness shard = restored(halfway().setFrozen(true), Backend.HASHMAP)) {
            shard.learn(last("s", 0, 4));
            assertThat(shard.configure(sentAt(SECOND_ATTEMPT + 600_000, control("p", THIRD_VISIT))))
                    .isEmpty();
            // Yet one may have seen the experience while an older one was.
            assertDeniedOnce(shard, last("t", 0, 4));
        }
    }

    @Test
    void anExperienceThatNoAttemptHasSeenUnderOtherRulesIsLeftAlone() throws Exception {
        ShardHarness second = restored(halfway(), Backend.HASHMAP);
        second.configure(control("p", halfway().setFrozen(true)));
        try (ShardHarness shard = third(second, Backend.HASHMAP)) {
            assertThat(shard.learn(sentAt(SECOND_ATTEMPT + 600_000, last("s", 0, 4))))
                    .isEmpty();
            assertDeniedOnce(shard, sentAt(SECOND_ATTEMPT - 1, last("s", 0, 4)));
        }
    }

    private static PolicyControl sentAt(long timestampMillis, PolicyControl control) {
        return new PolicyControl(
                control.policyId(), control.config(), control.partition(), control.offset(), timestampMillis);
    }

    // How the attempt that crashed may have learnt what this one does not. It learnt from the experience each time.

    @Test
    void aStateThatWasLearntBeforeItsPolicyWasDeletedIsDenied() throws Exception {
        try (ShardHarness shard = restored(halfway(), Backend.HASHMAP)) {
            shard.configure(deletion("p"));
            assertDeniedOnce(shard, last("s", 0, 4));
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void aStateThatWasLearntBeforeItsPolicyWasDeletedAndAnotherCrashIsDenied(Backend backend) throws Exception {
        ShardHarness second = restored(halfway(), backend);
        second.configure(deletion("p"));
        try (ShardHarness shard = third(second, backend)) {
            assertDeniedOnce(shard, last("s", 0, 4));
        }
    }

    @Test
    void aStateThatWasLearntAfterItsPolicyWasConfiguredIsDeniedOnceThatComes() throws Exception {
        try (ShardHarness shard = restored(REJECT, Backend.HASHMAP, List.of())) {
            assertThat(shard.learn(last("s", 0, 4))).isEmpty();
            assertDeniedBy(shard, control("p", halfway()), "s");
        }
    }

    @Test
    void aStateThatWasLearntAfterItsPolicyThawedIsDeniedOnceThatComes() throws Exception {
        try (ShardHarness shard = restored(halfway().setFrozen(true), Backend.HASHMAP)) {
            assertThat(shard.learn(last("s", 0, 4), last("t", 0, 4), last("s", 0, 4)))
                    .isEmpty();
            assertDeniedBy(shard, control("p", halfway()), "s", "t");
        }
    }

    /** Between the two came a checkpoint, and another crash. */
    @ParameterizedTest
    @EnumSource(Backend.class)
    void aStateThatWasLearntAfterItsPolicyThawedIsDeniedOnceThatComesAfterAnotherCrash(Backend backend)
            throws Exception {
        ShardHarness second = restored(halfway().setFrozen(true), backend);
        assertThat(second.learn(last("s", 0, 4))).isEmpty();
        try (ShardHarness shard = third(second, backend)) {
            assertDeniedBy(shard, control("p", halfway()), "s");
        }
    }

    @Test
    void aStateThatWasAnnouncedByFewerVisitsIsDeniedOnceThatComes() throws Exception {
        try (ShardHarness shard = restored(THIRD_VISIT, Backend.HASHMAP)) {
            assertThat(shard.learn(last("s", 0, 4))).isEmpty();
            assertDeniedBy(
                    shard, control("p", announced(EmissionConfig.newBuilder().setMinimumVisits(2))), "s");
            assertThat(shard.learn(last("s", 0, 4)))
                    .extracting(PolicyChange::reason)
                    .containsExactly(UpdateReason.FIRST);
        }
    }

    @Test
    void aStateThatIsAnnouncedWhenFewerVisitsSufficeIsNotDenied() throws Exception {
        try (ShardHarness shard = restored(THIRD_VISIT, Backend.HASHMAP)) {
            assertThat(shard.learn(last("s", 0, 4))).isEmpty();
            assertThat(shard.configure(control("p", halfway())))
                    .extracting(PolicyChange::reason)
                    .containsExactly(UpdateReason.FIRST);
        }
    }

    @Test
    void aStateThatIsForgottenWithItsPolicyIsDeniedOnce() throws Exception {
        try (ShardHarness shard = restored(THIRD_VISIT, Backend.HASHMAP)) {
            assertThat(shard.learn(last("s", 0, 4))).isEmpty();
            assertDeniedBy(shard, deletion("p"), "s");
        }
    }

    private static void assertDeniedBy(ShardHarness shard, PolicyControl control, String... states) throws Exception {
        assertThat(shard.configure(control))
                .allMatch(PolicyChange::isTombstone)
                .extracting(PolicyChange::state)
                .containsExactlyInAnyOrder(
                        Arrays.stream(states).map(ShardHarness::key).toArray(StateKey[]::new));
        assertThat(shard.configure(control)).isEmpty();
    }

    @Test
    void aStateThatWasLearntByTheOptionsIsDeniedWhenAConfigurationCameFirst() throws Exception {
        try (ShardHarness shard = restored(CREATE, Backend.HASHMAP, List.of())) {
            shard.configure(control("p", halfway(AlgorithmKind.SARSA)));
            assertDeniedOnce(shard, step("s", 0, 4, "t")); // it tells no next action
        }
    }

    @Test
    void aStateThatWasLearntWithMoreActionsIsDeniedByFewer() throws Exception {
        try (ShardHarness shard = restored(halfway().setActions(3), Backend.HASHMAP)) {
            shard.configure(control("p", halfway().setGeneration(1)));
            assertDeniedOnce(shard, last("s", 2, 4));
        }
    }

    @Test
    void aStateThatWasAnnouncedBeforeItNeededMoreVisitsIsDenied() throws Exception {
        try (ShardHarness shard = restored(halfway(), Backend.HASHMAP)) {
            shard.configure(control("p", announced(EmissionConfig.newBuilder().setMinimumVisits(2))));
            assertThat(shard.learn(last("s", 0, 4)))
                    .singleElement()
                    .extracting(PolicyChange::state, PolicyChange::isTombstone)
                    .containsExactly(StateKey.of("p", "s"), true);
            assertThat(shard.learn(last("s", 0, 4)))
                    .extracting(PolicyChange::reason)
                    .containsExactly(UpdateReason.FIRST);
        }
    }

    // What was noted of another configuration is kept for a day.

    @ParameterizedTest
    @EnumSource(Backend.class)
    void whatWasNotedADayAgoStillDenies(Backend backend) throws Exception {
        ShardHarness second = restored(halfway(), backend);
        second.learn(in("q", last("t", 0, 4)));
        second.configure(deletion("p"));
        try (ShardHarness shard = third(second, backend, A_DAY_LATER)) {
            assertDeniedOnce(shard, last("s", 0, 4));
            assertThat(shard.configure(control("q", halfway())))
                    .extracting(PolicyChange::state)
                    .containsExactly(StateKey.of("q", "t"));
        }
        assertThat(warnings.getMessages()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void aChangeThatIsLongerAgoDeniesNothingAndIsWarnedOfOnce(Backend backend) throws Exception {
        ShardHarness second = restored(halfway(), backend);
        second.configure(deletion("p"));
        try (ShardHarness shard = third(second, backend, A_DAY_LATER + 1)) {
            assertThat(shard.learn(sentAt(SECOND_ATTEMPT + 60_000, last("s", 0, 4)), in("q", last("s", 0, 4))))
                    .isEmpty();
            assertThat(warnings.getMessages()).as("nothing was missed").isEmpty();
            assertThat(shard.learn(last("s", 0, 4), last("t", 0, 4))).isEmpty();
        }
        assertThat(warnings.getMessages())
                .singleElement()
                .asString()
                .contains(
                        "states of policy 'p', ",
                        "experience sent before that comes only now",
                        "longer ago than is remembered");
    }

    /** Or each policy that ever was would stay, of an attempt that lives for months. */
    @ParameterizedTest
    @EnumSource(Backend.class)
    void aChangeIsNotNotedOnceTheAttemptIsOlderThanADay(Backend backend) throws Exception {
        try (ShardHarness shard = restored(halfway(), backend)) {
            shard.at(A_DAY_LATER).configure(control("q", halfway()));
            shard.at(A_DAY_LATER + 1).configure(control("r", halfway().setFrozen(true)));
            assertThat(changesNotedBy(shard)).containsExactly("q");
            assertThat(warnings.getMessages()).isEmpty();
            assertThat(shard.learn(in("r", last("s", 0, 4)), in("r", last("t", 0, 4))))
                    .isEmpty();
        }
        assertThat(warnings.getMessages())
                .singleElement()
                .asString()
                .contains(
                        "states of policy 'r', ",
                        "experience sent before that comes only now",
                        "longer ago than is remembered");
    }

    /** The policies of which the next snapshot says so. */
    private static List<String> changesNotedBy(ShardHarness shard) throws Exception {
        List<String> noted = new ArrayList<>();
        shard.learn
                .getOperator()
                .getOperatorStateBackend()
                .getBroadcastState(Doubts.CHANGES)
                .immutableEntries()
                .forEach(change -> noted.add(change.getKey()));
        return noted;
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void aStateThatIsLongerInMindIsNotDeniedAndWarnedOfOnce(Backend backend) throws Exception {
        ShardHarness second = restored(halfway().setFrozen(true), backend);
        assertThat(second.learn(last("s", 0, 4), last("t", 0, 4))).isEmpty();
        try (ShardHarness shard = third(second, backend, A_DAY_LATER + 1)) {
            shard.configure(control("q", halfway()));
            shard.configure(sentAt(SECOND_ATTEMPT + 60_000, control("p", THIRD_VISIT)));
            assertThat(warnings.getMessages()).as("nothing was missed").isEmpty();
            assertThat(shard.configure(control("p", halfway()))).isEmpty();
            assertThat(shard.configure(control("p", THIRD_VISIT))).isEmpty();
        }
        assertThat(warnings.getMessages())
                .singleElement()
                .asString()
                .contains(
                        "states of policy 'p', ",
                        " of the control topic, which comes only now",
                        "longer ago than is remembered");
    }

    @Test
    void manyDeniedStatesAreToldOnceEachAsFarAsTheyAreRemembered() throws Exception {
        try (ShardHarness shard = restored(halfway(), Backend.HASHMAP)) {
            int denials = 0;
            for (int round = 0; round < 2; round++) {
                for (int i = 0; i < 1000; i++) {
                    denials += shard.learn(last("s" + i, 7, 4)).size();
                }
            }
            assertThat(denials).isEqualTo(1000);
        }
    }

    /** Or a flood of states that are too long would fill the memory. */
    @Test
    void ofLongDeniedStatesFewerAreRemembered() throws Exception {
        try (ShardHarness shard = restored(halfway(), Backend.HASHMAP)) {
            String tooLong = "s".repeat(60_000);
            assertDeniedOnce(shard, last(tooLong, 0, 4));
            for (int i = 0; i < 80; i++) {
                assertThat(shard.learn(last(tooLong + i, 0, 4))).hasSize(1);
            }
            assertDeniedOnce(shard, last(tooLong, 0, 4));
        }
    }

    /** Nor are they, then, denied. */
    @Test
    void ofLongStatesFewerAreKeptInMind() throws Exception {
        try (ShardHarness shard = restored(halfway().setFrozen(true), Backend.HASHMAP)) {
            for (int i = 0; i < 80; i++) {
                assertThat(shard.learn(last("s".repeat(60_000) + i, 0, 4))).isEmpty();
            }
            assertThat(shard.configure(control("p", halfway())))
                    .allMatch(PolicyChange::isTombstone)
                    .hasSize(70);
        }
        assertThat(warnings.getMessages())
                .singleElement()
                .asString()
                .contains("states of policy 'p', ", "they were too many to remember");
    }
}

package io.streamq.job.learn;

import static io.streamq.job.learn.ShardHarness.HEADS;
import static io.streamq.job.learn.ShardHarness.TAILS;
import static io.streamq.job.learn.ShardHarness.in;
import static io.streamq.job.learn.ShardHarness.last;
import static io.streamq.job.learn.ShardHarness.step;
import static io.streamq.job.learn.ShardHarness.transition;
import static io.streamq.job.policy.PolicyConfigs.control;
import static io.streamq.job.policy.PolicyConfigs.deletion;
import static io.streamq.job.policy.PolicyConfigs.halfway;
import static io.streamq.job.policy.PolicyConfigs.limited;
import static io.streamq.job.policy.PolicyConfigs.rules;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.streamq.job.metrics.StreamQMetrics;
import io.streamq.job.options.JobOptions.Policies;
import io.streamq.job.record.DeadLetter;
import io.streamq.job.record.PolicyControl;
import io.streamq.job.record.Rejection;
import io.streamq.job.record.StateKey;
import io.streamq.job.record.Transition;
import io.streamq.learning.ActionSet;
import io.streamq.learning.QRow;
import io.streamq.schemas.AlgorithmConfig;
import io.streamq.schemas.AlgorithmKind;
import io.streamq.schemas.LimitsConfig;
import io.streamq.schemas.PolicyConfig;
import io.streamq.schemas.RewardConfig;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each policy is learnt by its own rules, and only by them. */
class PolicyRulesHarnessTest {
    private static final Policies REJECT = new Policies(null, 1000);

    /** A shard of configured policies alone. */
    private static ShardHarness shard(Backend backend, PolicyControl... configured) throws Exception {
        return new ShardHarness(REJECT, List.of(configured), backend).open();
    }

    private static ShardHarness shard(PolicyControl... configured) throws Exception {
        return shard(Backend.HASHMAP, configured);
    }

    private static Policies created(PolicyConfig.Builder rules, int max) {
        return new Policies(rules(rules), max);
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void policiesSideBySideHaveTheirOwnActionsDiscountsAndInitialValues(Backend backend) throws Exception {
        try (ShardHarness shard = shard(
                backend,
                control("a", halfway()),
                control("b", halfway().setActions(3).setDiscount(0.25).setInitialQ(8)))) {
            shard.learn(in("a", step("s", 1, 4, "t")), in("b", step("s", 2, 4, "t")));
            assertThat(shard.row("a", "s").actions()).isEqualTo(2);
            assertThat(shard.row("a", "s").value(0, 1)).isEqualTo(2); // (4 + 0.5 * 0) / 2
            assertThat(shard.row("b", "s").actions()).isEqualTo(3);
            assertThat(shard.row("b", "s").value(0, 2)).isEqualTo(7); // 8 + (4 + 0.25 * 8 - 8) / 2
            assertThat(shard.row("b", "s").value(0, 0)).isEqualTo(8);
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void policiesSideBySideHaveTheirOwnAlgorithms(Backend backend) throws Exception {
        try (ShardHarness shard = shard(
                backend,
                control("q", halfway()),
                control("double", halfway(AlgorithmKind.DOUBLE_Q_LEARNING)),
                control("sarsa", halfway(AlgorithmKind.SARSA)),
                control(
                        "expected",
                        halfway()
                                .setAlgorithmBuilder(AlgorithmConfig.newBuilder()
                                        .setKind(AlgorithmKind.EXPECTED_SARSA)
                                        .setEpsilon(0.5))))) {
            for (String policyId : List.of("q", "double", "sarsa", "expected")) {
                // Q(s) = (4, -2); in double Q-learning the first table knows the one, the second the other.
                shard.learn(in(policyId, last("s", 0, 8, HEADS)), in(policyId, last("s", 1, -4, TAILS)));
                shard.learn(in(policyId, transition("p", 0, 0, "s", HEADS, 1, null)));
            }
            assertThat(shard.row("q", "p").value(0, 0)).isEqualTo(0.5 * 4 / 2);
            assertThat(shard.row("double", "p").value(0, 0)).isEqualTo(0); // B's value of A's best, which B never tried
            assertThat(shard.row("sarsa", "p").value(0, 0)).isEqualTo(0.5 * -2 / 2);
            assertThat(shard.row("expected", "p").value(0, 0)).isEqualTo(0.5 * (0.75 * 4 + 0.25 * -2) / 2);
        }
    }

    @Test
    void aPolicyWhoseNameBeginsLikeAnothersIsAnother() throws Exception {
        try (ShardHarness shard =
                shard(control("a", halfway()), control("ab", halfway().setInitialQ(8)))) {
            shard.learn(in("a", last("s", 0, 4)), in("ab", last("s", 0, 4)), in("a", last("s", 1, 4)));
            assertThat(shard.row("a", "s").value(0, 1)).isEqualTo(2);
            assertThat(shard.row("ab", "s").value(0, 0)).isEqualTo(6);
        }
    }

    @Test
    void aRewardIsScaledAndThenClipped() throws Exception {
        try (ShardHarness shard = shard(control(
                "p",
                halfway()
                        .setRewardBuilder(RewardConfig.newBuilder()
                                .setScale(0.5)
                                .setClipMin(-1.0)
                                .setClipMax(3.0))))) {
            shard.learn(last("in", 0, 4), last("above", 0, 8), last("below", 0, -8));
            assertThat(shard.row("in").value(0, 0)).isEqualTo(1); // 0.5 * 4 / 2
            assertThat(shard.row("above").value(0, 0)).isEqualTo(1.5); // 3 / 2
            assertThat(shard.row("below").value(0, 0)).isEqualTo(-0.5);
        }
    }

    @Test
    void aRewardThatScalingMakesInfiniteIsADeadLetter() throws Exception {
        try (ShardHarness shard = shard(control(
                "p", halfway().setRewardBuilder(RewardConfig.newBuilder().setScale(4))))) {
            shard.learn(last("s", 0, Double.MAX_VALUE / 2));
            assertThat(shard.deadLetters())
                    .extracting(DeadLetter::rejection)
                    .containsExactly(Rejection.UPDATE_NOT_FINITE);
            assertThat(shard.rows()).isEmpty();
        }
    }

    static Stream<Arguments> rejections() {
        PolicyConfig.Builder q =
                limited(LimitsConfig.newBuilder().setStateBytes(8)).setActions(70);
        PolicyConfig.Builder sarsa = halfway(AlgorithmKind.SARSA).setActions(70);
        long[] upTo70 = ActionSet.of(128, 0, 70);
        return Stream.of(
                arguments(q, last("s", 70, 0), Rejection.ACTION_OUT_OF_RANGE, "action must be in [0, 70): got 70"),
                arguments(
                        q,
                        transition("s", 0, 0, null, HEADS, -1, upTo70),
                        Rejection.LEGAL_ACTIONS_INVALID,
                        "legalActions must be in [0, 70): got 70"),
                arguments(
                        q,
                        last("ääääx", 0, 0),
                        Rejection.STATE_TOO_LONG,
                        "state must have at most 8 bytes of UTF-8: got 9"),
                arguments(
                        q,
                        step("s", 0, 0, "ääääx"),
                        Rejection.STATE_TOO_LONG,
                        "nextState must have at most 8 bytes of UTF-8: got 9"),
                arguments(
                        sarsa,
                        step("s", 0, 0, "t"),
                        Rejection.NEXT_ACTION_MISSING,
                        "SARSA needs nextAction unless terminated is true"),
                arguments(
                        sarsa,
                        transition("s", 0, 0, "t", HEADS, 70, null),
                        Rejection.NEXT_ACTION_OUT_OF_RANGE,
                        "nextAction must be in [0, 70): got 70"),
                arguments(
                        sarsa,
                        transition("s", 0, 0, "t", HEADS, -2, null),
                        Rejection.NEXT_ACTION_OUT_OF_RANGE,
                        "nextAction must be in [0, 70): got -2"));
    }

    @ParameterizedTest(name = "{3}")
    @MethodSource("rejections")
    void whatThePolicyCannotLearnFromIsADeadLetter(
            PolicyConfig.Builder config, Transition transition, Rejection rejection, String sentence) throws Exception {
        try (ShardHarness shard = shard(control("p", config))) {
            assertThat(shard.learn(transition)).isEmpty();
            assertThat(shard.rows()).isEmpty();
            assertThat(shard.deadLetters()).singleElement().satisfies(letter -> {
                assertThat(letter.rejection()).isEqualTo(rejection);
                assertThat(letter.message()).isEqualTo(sentence);
                assertThat(letter.source()).usingRecursiveComparison().isEqualTo(transition.source());
            });
            assertThat(shard.count("deadLetters.reason." + rejection + ".count"))
                    .isOne();
            assertThat(shard.count("policy.p." + StreamQMetrics.POLICY_REJECTED))
                    .isOne();
        }
    }

    @Test
    void whatOnePolicyCannotLearnFromAnotherMay() throws Exception {
        try (ShardHarness shard = shard(
                control("few", halfway()),
                control("many", halfway().setActions(3)),
                control("sarsa", halfway(AlgorithmKind.SARSA)))) {
            Transition third = transition("s", 2, 4, "t", HEADS, -7, ActionSet.of(3, 1, 2));
            shard.learn(in("few", third), in("many", third), in("sarsa", third));
            assertThat(shard.rows()).containsOnlyKeys(StateKey.of("many", "s"));
            assertThat(shard.deadLetters())
                    .extracting(DeadLetter::rejection)
                    .containsExactly(Rejection.ACTION_OUT_OF_RANGE, Rejection.ACTION_OUT_OF_RANGE);
        }
    }

    @Test
    void sarsaNeedsNoNextActionWhenTheTaskEnds() throws Exception {
        try (ShardHarness shard = shard(control("p", halfway(AlgorithmKind.SARSA)))) {
            shard.learn(last("s", 0, 8));
            assertThat(shard.row("s").value(0, 0)).isEqualTo(4);
        }
    }

    @Test
    void legalActionsToldInFewerWordsThanThePolicyHasActionsAreUnderstood() throws Exception {
        try (ShardHarness shard = shard(control("p", halfway().setActions(130).setInitialQ(5)))) {
            shard.learn(transition("s", 1, 0, null, HEADS, -1, ActionSet.of(2, 0, 1)));
            QRow row = shard.row("s");
            assertThat(row.greedyAction()).isZero();
            shard.learn(last("s", 129, 4));
            assertThat(shard.deadLetters())
                    .extracting(DeadLetter::rejection)
                    .containsExactly(Rejection.ACTION_NOT_LEGAL);
        }
    }

    @Test
    void experienceOfAnUnknownPolicyIsCreatedByTheJobsOptions() throws Exception {
        try (ShardHarness shard =
                new ShardHarness(created(halfway().setInitialQ(8), 1000), List.of(), Backend.HASHMAP).open()) {
            shard.learn(in("any", last("s", 0, 4)));
            assertThat(shard.row("any", "s").value(0, 0)).isEqualTo(6);
            assertThat(shard.gauge(StreamQMetrics.POLICIES)).isOne();
        }
    }

    @Test
    void experienceOfAnUnknownPolicyIsADeadLetterIfTheOptionsSaySo() throws Exception {
        try (ShardHarness shard = shard(control("known", halfway()))) {
            shard.learn(in("unknown", last("s", 0, 4)), in("known", last("s", 0, 4)));
            assertThat(shard.rows()).containsOnlyKeys(StateKey.of("known", "s"));
            assertThat(shard.deadLetters()).singleElement().satisfies(letter -> {
                assertThat(letter.rejection()).isEqualTo(Rejection.POLICY_UNKNOWN);
                assertThat(letter.message())
                        .isEqualTo("policyId must be one that is configured, as streamq.policies.unknown is REJECT:"
                                + " configure it with './streamq config set'");
            });
        }
    }

    @Test
    void experienceCreatesNoMorePoliciesThanTheOptionsAllow() throws Exception {
        try (ShardHarness shard = new ShardHarness(
                        created(halfway(), 2), List.of(control("configured", halfway())), Backend.HASHMAP)
                .open()) {
            shard.learn(
                    in("configured", last("s", 0, 4)),
                    in("first", last("s", 0, 4)),
                    in("second", last("s", 0, 4)),
                    in("third", last("s", 0, 4)),
                    in("first", last("t", 0, 4)));
            assertThat(shard.rows().keySet())
                    .extracting(StateKey::policyId)
                    .containsOnly("configured", "first", "second")
                    .hasSize(4);
            assertThat(shard.deadLetters()).singleElement().satisfies(letter -> {
                assertThat(letter.rejection()).isEqualTo(Rejection.POLICY_UNKNOWN);
                assertThat(letter.message())
                        .startsWith("policyId would be one more than the 2 policies that a shard creates"
                                + " (streamq.policies.max)");
            });

            shard.configure(control("first", halfway())); // and so it is no more one that experience created
            shard.learn(in("third", last("s", 0, 4)));
            assertThat(shard.row("third", "s").visits(0)).isOne();
        }
    }

    /** As of a client that sends another policyId with each mistake. */
    @Test
    void experienceThatIsRejectedTakesNoPlaceOfAPolicy() throws Exception {
        try (ShardHarness shard = new ShardHarness(created(halfway(), 1), List.of(), Backend.HASHMAP).open()) {
            shard.learn(
                    in("wrong", last("s", 2, 4)),
                    in("wrong", last("s", 3, 4)),
                    in("wrong too", last("s", 2, 4)),
                    in("right", last("s", 1, 4)));
            assertThat(shard.row("right", "s").visits(1)).isOne();
            assertThat(shard.deadLetters())
                    .extracting(DeadLetter::rejection)
                    .hasSize(3)
                    .containsOnly(Rejection.ACTION_OUT_OF_RANGE);
            assertThat(shard.gauge(StreamQMetrics.POLICIES)).isOne();
            assertThat(counted(shard, "right")).containsExactly(1L, 0L, 1L, 1L);
            assertThat(shard.metric("policy.wrong." + StreamQMetrics.POLICY_REJECTED))
                    .as("names of metrics, which stay for good")
                    .isNull();
        }
    }

    @Test
    void aPolicyThatIsConfiguredWhenItsExperienceWasRejectedIsLearntByItsOwnRules() throws Exception {
        try (ShardHarness shard = new ShardHarness(created(halfway(), 1), List.of(), Backend.HASHMAP).open()) {
            shard.learn(in("a", last("s", 2, 4)));
            shard.configure(control("a", halfway().setActions(3)));
            shard.learn(in("a", last("s", 2, 4)));
            assertThat(shard.row("a", "s").value(0, 2)).isEqualTo(2);
            assertThat(counted(shard, "a")).containsExactly(1L, 0L, 1L, 1L);
        }
    }

    @Test
    void aPolicyWhoseRowsAreAllForgottenMakesRoomForAnother() throws Exception {
        PolicyConfig.Builder forgetful = limited(LimitsConfig.newBuilder().setTimeToLiveMillis(1_000L));
        try (ShardHarness shard = new ShardHarness(created(forgetful, 1), List.of(), Backend.HASHMAP)
                .at(1_000_000)
                .open()) {
            shard.learn(in("first", last("s", 0, 4)), in("second", last("s", 0, 4)));
            assertThat(shard.deadLetters()).extracting(DeadLetter::rejection).containsExactly(Rejection.POLICY_UNKNOWN);
            shard.pass(1_500);
            assertThat(shard.rows()).isEmpty();
            assertThat(shard.gauge(StreamQMetrics.POLICIES)).isZero();

            shard.learn(in("second", last("s", 0, 4)), in("first", last("s", 0, 4)));
            assertThat(shard.rows()).containsOnlyKeys(StateKey.of("second", "s"));
            assertThat(shard.deadLetters()).extracting(DeadLetter::rejection).containsExactly(Rejection.POLICY_UNKNOWN);
            assertThat(shard.gauge("policy.first." + StreamQMetrics.ROWS)).isZero();
            assertThat(shard.metric("policy.second." + StreamQMetrics.ROWS))
                    .as("one name of a policy that nobody configured is taken for good")
                    .isNull();

            shard.configure(control("second", forgetful));
            shard.learn(in("second", last("t", 0, 4)));
            assertThat(counted(shard, "second")).containsExactly(1L, 0L, 1L, 2L);
        }
    }

    @Test
    void namesThatComeAndGoByConfigurationAreNoMoreAmongTheMetricsThanTheOptionsAllow() throws Exception {
        try (ShardHarness shard = new ShardHarness(created(halfway(), 2), List.of(), Backend.HASHMAP).open()) {
            for (String policyId : List.of("first", "second", "third", "first")) {
                shard.configure(control(policyId, halfway()));
                shard.learn(in(policyId, last("s", 0, 4)));
                assertThat(shard.row(policyId, "s").visits(0)).isOne();
                shard.configure(deletion(policyId));
            }
            assertThat(shard.count("policy.first." + StreamQMetrics.EXPERIENCES_APPLIED))
                    .isEqualTo(2);
            assertThat(shard.count("policy.second." + StreamQMetrics.EXPERIENCES_APPLIED))
                    .isOne();
            assertThat(shard.metric("policy.third." + StreamQMetrics.ROWS))
                    .as("as many names are of deleted policies as there may be")
                    .isNull();
            assertThat(shard.count(StreamQMetrics.EXPERIENCES_APPLIED)).isEqualTo(4);

            shard.configure(control("first", halfway())); // and so its name is none of a deleted one
            shard.configure(control("third", halfway()));
            shard.learn(in("third", last("s", 0, 4)));
            assertThat(counted(shard, "third")).containsExactly(1L, 0L, 1L, 1L);
        }
    }

    @Test
    void deletedPoliciesLeaveMetricsToThosePoliciesThatNobodyConfigured() throws Exception {
        try (ShardHarness shard = new ShardHarness(created(halfway(), 1), List.of(), Backend.HASHMAP).open()) {
            for (String policyId : List.of("first", "second")) {
                shard.configure(control(policyId, halfway()));
                shard.configure(deletion(policyId));
            }
            shard.learn(in("third", last("s", 0, 4)));
            assertThat(counted(shard, "third")).containsExactly(1L, 0L, 1L, 1L);
        }
    }

    /** Two shards that created as many as they may have become one. */
    @Test
    void rowsOfMorePoliciesThanAShardMayCreateAreRestoredAllTheSame() throws Exception {
        Policies two = created(halfway(), 2);
        OperatorSubtaskState[] snapshots = new OperatorSubtaskState[2];
        for (int subtask = 0; subtask < 2; subtask++) {
            try (ShardHarness shard = new ShardHarness(two, List.of(), Backend.HASHMAP, 2, subtask).open()) {
                for (String policyId : List.of("first" + subtask, "second" + subtask)) {
                    shard.learn(Stream.iterate(0, i -> i + 1)
                            .map(i -> in(policyId, last("s" + i, 0, 4)))
                            .filter(shard::owns)
                            .findFirst()
                            .orElseThrow());
                }
                snapshots[subtask] = shard.snapshot();
            }
        }
        try (ShardHarness shard =
                new ShardHarness(two, List.of(), Backend.HASHMAP).open(ShardHarness.share(2, 1, 0, snapshots))) {
            assertThat(shard.rows()).hasSize(4);
            shard.learn(in("fifth", last("s", 0, 4)));
            assertThat(shard.deadLetters()).extracting(DeadLetter::rejection).containsExactly(Rejection.POLICY_UNKNOWN);
        }
    }

    @Test
    void eachPolicyIsCountedByItself() throws Exception {
        try (ShardHarness shard = shard(control("calm", halfway()), control("loud", halfway()))) {
            shard.learn(in("calm", last("s", 0, 4)));
            for (int i = 0; i < 5; i++) {
                shard.learn(in("loud", last("s" + i, 0, 4)), in("loud", last("s", 9, 4)));
            }
            assertThat(counted(shard, "calm")).containsExactly(1L, 0L, 1L, 1L);
            assertThat(counted(shard, "loud")).containsExactly(5L, 5L, 5L, 5L);
            assertThat(shard.count(StreamQMetrics.EXPERIENCES_APPLIED)).isEqualTo(6);
            assertThat(shard.count(StreamQMetrics.POLICY_UPDATES_SENT)).isEqualTo(6);
            assertThat(shard.gauge(StreamQMetrics.ROWS)).isEqualTo(6);
        }
    }

    /** Applied, rejected, sent, rows. */
    private static List<Long> counted(ShardHarness shard, String policyId) {
        String prefix = "policy." + policyId + '.';
        return Arrays.asList(
                shard.count(prefix + StreamQMetrics.EXPERIENCES_APPLIED),
                shard.count(prefix + StreamQMetrics.POLICY_REJECTED),
                shard.count(prefix + StreamQMetrics.POLICY_UPDATES_SENT),
                shard.gauge(prefix + StreamQMetrics.ROWS));
    }
}

package io.streamq.job.learn;

import static io.streamq.job.learn.ShardHarness.key;
import static io.streamq.job.learn.ShardHarness.last;
import static io.streamq.job.learn.ShardHarness.step;
import static io.streamq.job.policy.PolicyConfigs.control;
import static io.streamq.job.policy.PolicyConfigs.deletion;
import static io.streamq.job.policy.PolicyConfigs.halfway;
import static io.streamq.job.policy.PolicyConfigs.limited;
import static io.streamq.job.policy.PolicyConfigs.rules;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.job.options.JobOptions.Policies;
import io.streamq.job.record.RecordType;
import io.streamq.job.record.ViewChanges;
import io.streamq.job.record.ViewChanges.Extent;
import io.streamq.schemas.AlgorithmConfig;
import io.streamq.schemas.AlgorithmKind;
import io.streamq.schemas.LimitsConfig;
import io.streamq.schemas.PolicyConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A shard in one JVM, and its replica in another one: no two meet here but by what the shard tells. */
class ReplicaHarnessTest {
    private static final int SHARDS = 2;
    private static final ShardId ELSEWHERE = new ShardId("another JVM", 1, 0);
    private static final ShardId REPLICATED = new ShardId("another JVM", 0, 0);
    private static final Replication REPLICATION = new Replication(200, 10);
    /** States of shard 0, some of them with long names. */
    private static final List<String> STATES = statesOfShard(40);

    private MockEnvironment environment;
    private OneInputStreamOperatorTestHarness<ViewChanges, Void> replica;

    private static List<String> statesOfShard(int count) {
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> i % 3 == 0 ? "a state with a long name " + i : "s" + i)
                .filter(ReplicaHarnessTest::isOfShard)
                .limit(count)
                .toList();
    }

    private static boolean isOfShard(String state) {
        return KeyGroupRangeAssignment.assignKeyToParallelOperator(key(state), ShardHarness.MAX_PARALLELISM, SHARDS)
                == 0;
    }

    @BeforeEach
    void openReplica() throws Exception {
        environment = MockEnvironment.builder()
                .setMaxParallelism(ShardHarness.MAX_PARALLELISM)
                .setParallelism(SHARDS)
                .setSubtaskIndex(1)
                .build();
        replica = replicaOperator();
    }

    private OneInputStreamOperatorTestHarness<ViewChanges, Void> replicaOperator() throws Exception {
        var operator = new OneInputStreamOperatorTestHarness<>(
                new ReplicaOperator(any -> ELSEWHERE), ShardHarness.serializer(RecordType.VIEW_CHANGES), environment);
        operator.open();
        return operator;
    }

    @AfterEach
    void close() throws Exception {
        replica.close();
        environment.close();
        assertThat(Replica.count()).as("replicas that are left").isZero();
    }

    private static ShardHarness shard(PolicyConfig.Builder policy, Replication replication) throws Exception {
        return new ShardHarness(new Policies(rules(policy), 1000), List.of(), Backend.HASHMAP, SHARDS, 0, replication);
    }

    private static ShardHarness shard(PolicyConfig.Builder policy) throws Exception {
        return shard(policy, REPLICATION).open();
    }

    /** Lets time pass until all is told that waits, and the replica hear it. */
    private void tell(ShardHarness shard) throws Exception {
        shard.pass(1_000);
        hear(shard.viewChanges());
    }

    private void hear(List<ViewChanges> changes) throws Exception {
        for (ViewChanges each : changes) {
            replica.processElement(each, 0);
        }
    }

    private static SuccessorView replicated() {
        List<SuccessorView> views = new ArrayList<>();
        Replica.forEach(
                REPLICATED, (keyGroups, replica) -> views.add(replica.view().get()));
        return views.isEmpty() ? null : views.get(0);
    }

    private static String found(SuccessorView view, String state) {
        SuccessorView.Found found = new SuccessorView.Found();
        return view.read(key(state), -1, 0, -1, found) ? found.value() + " of " + found.generation() : "none";
    }

    private static void assertReplicated(ShardHarness shard) {
        for (String state : STATES) {
            assertThat(found(replicated(), state)).as(state).isEqualTo(found(shard.view(), state));
        }
        assertThat(replicated().size()).isEqualTo(shard.view().size());
    }

    @Test
    void rowsThatThereAreAreToldFirst() throws Exception {
        try (ShardHarness shard = shard(halfway())) {
            shard.learn(last(STATES.get(0), 0, 4), last(STATES.get(1), 1, 6));
            tell(shard);
            assertReplicated(shard);
            assertThat(found(replicated(), STATES.get(1))).isEqualTo("3.0 of 0");
        }
    }

    @Test
    void rowsThatWereRestoredAreToldFirst() throws Exception {
        try (ShardHarness before = shard(halfway());
                ShardHarness after = shard(halfway(), REPLICATION)) {
            before.learn(last(STATES.get(0), 0, 4));
            after.open(before.snapshot());
            tell(after);
            assertThat(found(replicated(), STATES.get(0))).isEqualTo("2.0 of 0");
        }
    }

    /** Whatever becomes of rows: learning, resets, forgetting, deletion. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aReplicaSaysWhatTheShardSaysALittleLater(long seed) throws Exception {
        Random random = new Random(seed);
        PolicyConfig.Builder few = limited(LimitsConfig.newBuilder().setRows(30L));
        try (ShardHarness shard = shard(halfway())) {
            for (int i = 0; i < 2_000; i++) {
                String state = STATES.get(random.nextInt(STATES.size()));
                String next = STATES.get(random.nextInt(STATES.size()));
                switch (random.nextInt(200)) {
                    case 0 -> shard.configure(control("p", halfway().setGeneration(i)));
                    case 1 -> shard.configure(control("p", few.setGeneration(i)));
                    case 2 -> shard.configure(deletion("p"));
                    case 3 ->
                        shard.configure(control("p", halfway().setGeneration(i).setInitialQ(random.nextInt(5))));
                    default -> shard.learn(step(state, random.nextInt(2), random.nextInt(9), next));
                }
                if (random.nextInt(20) == 0) {
                    tell(shard);
                    assertReplicated(shard);
                }
            }
        }
    }

    @Test
    void decodeReadsTheReplicaOfAShardThatLivesElsewhere() throws Exception {
        ReadableViews views = new ReadableViews(ELSEWHERE, ShardHarness.MAX_PARALLELISM);
        try (ShardHarness shard = shard(halfway())) {
            shard.learn(last(STATES.get(0), 0, 4));
            tell(shard);
            SuccessorView view = views.viewOf(keyGroup(STATES.get(0)));
            assertThat(view).isSameAs(replicated());
            assertThat(views.viewOf(ShardHarness.MAX_PARALLELISM - 1))
                    .as("of a shard that told nothing")
                    .isNull();
        }
    }

    /** A replica is late; no shard here has one, but for a moment. */
    @Test
    void decodeReadsTheShardItselfIfBothAreHere() throws Exception {
        try (ShardHarness shard = shard(halfway())) {
            shard.learn(last(STATES.get(0), 0, 4));
            tell(shard);
            KeyGroupRange keyGroups = KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
                    ShardHarness.MAX_PARALLELISM, SHARDS, 0);
            Shard both = Shard.joinAsLearn(
                    REPLICATED, new Placement(SHARDS, ShardHarness.MAX_PARALLELISM, keyGroups, "slot"));
            try {
                SuccessorView view = new SuccessorView();
                both.open(view);
                assertThat(new ReadableViews(ELSEWHERE, ShardHarness.MAX_PARALLELISM).viewOf(keyGroup(STATES.get(0))))
                        .isSameAs(view);
            } finally {
                Shard.leave(both);
            }
        }
    }

    private static int keyGroup(String state) {
        return KeyGroupRangeAssignment.assignToKeyGroup(key(state), ShardHarness.MAX_PARALLELISM);
    }

    /** A row that is missing would be taken for none. */
    @Test
    void aReplicaIsNotReadBeforeItHasAllRows() throws Exception {
        try (ShardHarness shard = shard(halfway(), new Replication(10_000, 10)).open()) {
            List<String> states = statesOfShard(1_500);
            for (String state : states) {
                shard.learn(last(state, 0, 4));
            }
            shard.pass(1_000);
            List<ViewChanges> changes = shard.viewChanges();
            assertThat(changes)
                    .extracting(ViewChanges::extent)
                    .startsWith(Extent.PART)
                    .endsWith(Extent.WHOLE);
            hear(changes.subList(0, changes.size() - 1));
            assertThat(replicated()).isNull();
            hear(changes.subList(changes.size() - 1, changes.size()));
            assertThat(replicated().size()).isEqualTo(1_500);
        }
    }

    @Test
    void aShardOfMoreRowsThanAreReplicatedEndsItsReplica() throws Exception {
        try (ShardHarness shard =
                shard(halfway(), new Replication(SHARDS * 10, 10)).open()) {
            List<String> states = STATES.stream().filter(s -> s.length() < 10).toList();
            for (String state : states.subList(0, 10)) {
                shard.learn(last(state, 0, 4));
            }
            tell(shard);
            assertThat(replicated().size()).isEqualTo(10);
            shard.learn(last(states.get(10), 0, 4));
            tell(shard);
            assertThat(replicated()).isNull();
            shard.learn(last(states.get(11), 0, 4));
            shard.pass(1_000);
            assertThat(shard.viewChanges()).isEmpty();
        }
    }

    /** Ten short ones take 800 bytes; each of these takes 80, its 202 and 64. */
    @Test
    void aShardOfLongStatesEndsItsReplicaWhenItHasFewerRows() throws Exception {
        List<String> states = IntStream.range(100, 200)
                .mapToObj(i -> "x".repeat(197) + i)
                .filter(ReplicaHarnessTest::isOfShard)
                .toList();
        try (ShardHarness shard =
                shard(halfway(), new Replication(SHARDS * 10, 10)).open()) {
            shard.learn(last(states.get(0), 0, 4), last(states.get(1), 0, 4));
            tell(shard);
            assertThat(replicated().size()).isEqualTo(2);
            shard.learn(last(states.get(2), 0, 4));
            tell(shard);
            assertThat(replicated()).isNull();
        }
    }

    @Test
    void whereLongStatesAreTooManyBeforeThereIsNoReplica() throws Exception {
        try (ShardHarness shard =
                shard(halfway(), new Replication(SHARDS * 10, 10)).open()) {
            String state = IntStream.iterate(0, i -> i + 1)
                    .mapToObj(i -> "x".repeat(900) + i)
                    .filter(ReplicaHarnessTest::isOfShard)
                    .findFirst()
                    .orElseThrow();
            shard.learn(last(state, 0, 4));
            shard.pass(2_000);
            assertThat(shard.viewChanges()).isEmpty();
        }
    }

    /** Of these most experiences change what a row publishes. */
    static Stream<PolicyConfig.Builder> otherAlgorithms() {
        AlgorithmConfig softmax = AlgorithmConfig.newBuilder()
                .setKind(AlgorithmKind.EXPECTED_SARSA)
                .setTemperature(1.0)
                .build();
        return Stream.of(
                halfway(AlgorithmKind.DOUBLE_Q_LEARNING),
                halfway(AlgorithmKind.SARSA),
                halfway(AlgorithmKind.EXPECTED_SARSA),
                halfway().setAlgorithm(softmax));
    }

    @ParameterizedTest
    @MethodSource("otherAlgorithms")
    void rowsOfAnotherAlgorithmThanQLearningEndTheReplicaOfTheirShard(PolicyConfig.Builder other) throws Exception {
        try (ShardHarness shard = shard(halfway())) {
            shard.learn(last(STATES.get(0), 0, 4));
            tell(shard);
            assertThat(replicated()).isNotNull();
            shard.configure(control("p", other));
            tell(shard);
            assertThat(replicated()).isNull();
            shard.learn(last(STATES.get(0), 1, -4), last(STATES.get(1), 0, 4));
            shard.pass(1_000);
            assertThat(shard.viewChanges()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("otherAlgorithms")
    void whereRowsOfAnotherAlgorithmThanQLearningAreThereBeforeThereIsNoReplica(PolicyConfig.Builder other)
            throws Exception {
        try (ShardHarness before = shard(other);
                ShardHarness after = shard(other, REPLICATION)) {
            before.learn(last(STATES.get(0), 0, 4));
            tell(before);
            assertThat(replicated()).isNull();
            after.open(before.snapshot());
            after.pass(2_000);
            assertThat(after.viewChanges()).isEmpty();
        }
    }

    @Test
    void whereAllShardsLiveInOneJvmNothingIsTold() throws Exception {
        try (ShardHarness shard = new ShardHarness(
                        new Policies(rules(halfway()), 1000), List.of(), Backend.HASHMAP, 1, 0, REPLICATION)
                .open()) {
            shard.learn(last("s", 0, 4));
            shard.pass(2_000);
            assertThat(shard.viewChanges()).isEmpty();
        }
    }

    /** However many the job was defined with. */
    @ParameterizedTest
    @CsvSource({"8, true", "9, false"})
    void ofManyShardsNoneTellsWhatChanges(int shards, boolean areReplicated) throws Exception {
        try (ShardHarness shard = new ShardHarness(
                        new Policies(rules(halfway()), 1000), List.of(), Backend.HASHMAP, shards, 0, REPLICATION)
                .open()) {
            shard.pass(2_000);
            assertThat(shard.viewChanges()).hasSize(areReplicated ? 1 : 0);
        }
    }

    @Test
    void aShardThatLivesHereHasNoReplicaHere() throws Exception {
        Shard here = Shard.joinAsLearn(REPLICATED, new Placement(2, 16, null, "slot"));
        try (ShardHarness shard = shard(halfway())) {
            shard.learn(last(STATES.get(0), 0, 4));
            tell(shard);
            assertThat(Replica.count()).isZero();
        } finally {
            Shard.leave(here);
        }
    }

    @Test
    void ofSeveralInOneJvmTheFirstKeepsTheReplica() throws Exception {
        var second = replicaOperator();
        try (ShardHarness shard = shard(halfway())) {
            shard.learn(last(STATES.get(0), 0, 4));
            shard.pass(1_000);
            List<ViewChanges> changes = shard.viewChanges();
            hear(changes);
            SuccessorView kept = replicated();
            for (ViewChanges each : changes) {
                second.processElement(each, 0);
            }
            assertThat(replicated()).isSameAs(kept);
            second.close();
            assertThat(Replica.count()).isEqualTo(1);
        }
    }

    @Test
    void changesWaitForOthersForAWhile() throws Exception {
        try (ShardHarness shard = shard(halfway())) {
            tell(shard);
            shard.learn(last(STATES.get(0), 0, 4), last(STATES.get(1), 0, 4));
            assertThat(shard.viewChanges()).isEmpty();
            shard.pass(10);
            assertThat(shard.viewChanges()).hasSize(1);
        }
    }

    @Test
    void aValueThatStaysIsNotToldAgain() throws Exception {
        try (ShardHarness shard = shard(halfway())) {
            shard.learn(last(STATES.get(0), 0, 4));
            tell(shard);
            shard.learn(last(STATES.get(0), 1, -4));
            shard.pass(100);
            assertThat(shard.viewChanges()).isEmpty();
        }
    }

    @Test
    void flinkDoesNotCountWhatReplicasAreToldAsRecordsThatLeave() throws Exception {
        try (ShardHarness shard = shard(halfway())) {
            shard.learn(last(STATES.get(0), 0, 4));
            shard.pass(1_000);
            assertThat(shard.viewChanges()).hasSize(1);
            // Flink counts one, outside of the harness.
            assertThat(shard.learn
                            .getOperator()
                            .getMetricGroup()
                            .getIOMetricGroup()
                            .getNumRecordsOutCounter()
                            .getCount())
                    .isEqualTo(-1);
            assertThat(shard.learn
                            .getEnvironment()
                            .getMetricGroup()
                            .getIOMetricGroup()
                            .getNumRecordsOutCounter()
                            .getCount())
                    .isEqualTo(-1);
        }
    }

    @Test
    void nothingIsToldAfterTheEnd() throws Exception {
        try (ShardHarness shard = shard(halfway())) {
            tell(shard);
            shard.learn(last(STATES.get(0), 0, 4));
            shard.finish();
            shard.pass(100);
            assertThat(shard.viewChanges()).isEmpty();
        }
    }
}

package io.streamq.job.learn;

import static io.streamq.job.policy.PolicyConfigs.halfway;
import static io.streamq.job.policy.PolicyConfigs.rules;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.job.options.JobOptions.Policies;
import io.streamq.job.record.PolicyChange;
import io.streamq.job.record.PolicyControl;
import io.streamq.job.record.StateKey;
import io.streamq.job.record.Transition;
import io.streamq.learning.GreedyChoice;
import io.streamq.learning.QRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;

/**
 * Whatever is learnt, configured and lost, and in whatever order: in the end the policy topic says what the Q-table says, and no
 * experience was lost or counted twice.
 */
class CrashesAndChangesHarnessTest {
    private static final int PARTITIONS = 3;
    private static final int EXPERIENCES = 500;
    private static final int CONTROLS = 60;

    @AfterEach
    void noMeetingIsLeft() {
        assertThat(Shard.count()).isZero();
    }

    @RepeatedTest(25)
    void theTopicEndsAsTheTableAndEveryExperienceCountsOnce() throws Exception {
        check(seed(), Backend.HASHMAP);
    }

    @RepeatedTest(2)
    void theTopicEndsAsTheTableInRocksdbToo() throws Exception {
        check(seed(), Backend.ROCKSDB);
    }

    @Tag("long")
    @RepeatedTest(2000)
    void theTopicEndsAsTheTableManyTimes() throws Exception {
        check(seed(), Backend.HASHMAP);
    }

    private static long seed() {
        return Long.getLong("streamq.seed", System.nanoTime());
    }

    private static void check(long seed, Backend backend) throws Exception {
        System.out.println("CrashesAndChangesHarnessTest seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        RandomPolicies policies = new RandomPolicies(random);
        List<List<Transition>> partitions = new ArrayList<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            partitions.add(new ArrayList<>());
        }
        for (int i = 0; i < EXPERIENCES; i++) {
            partitions.get(random.nextInt(PARTITIONS)).add(policies.experience());
        }
        List<PolicyControl> controls = new ArrayList<>();
        for (int i = 0; i < CONTROLS; i++) {
            controls.add(policies.control());
        }
        Policies options = new Policies(random.nextBoolean() ? rules(halfway().setActions(3)) : null, 1000);
        List<PolicyControl> initial = List.of(
                RandomPolicies.first(RandomPolicies.TUNED),
                RandomPolicies.first(RandomPolicies.REMEMBERED),
                RandomPolicies.first(RandomPolicies.WILD));
        try (CrashingJob job = new CrashingJob(random, backend, options, initial, partitions, controls)) {
            job.run();
            Map<StateKey, QRow> table = job.table();
            assertTopicSaysWhatTheTableSays(job.topic(), table);
            assertEachCountsOnce(partitions, RandomPolicies.TUNED, table);
            assertEachCountsOnce(partitions, RandomPolicies.REMEMBERED, table);
            if (options.unconfigured() != null) {
                assertEachCountsOnce(partitions, RandomPolicies.UNKNOWN, table);
            }
            Map<String, Double> view = job.view();
            job.restart();
            // Fewer shards may have to evict rows.
            assertThat(view).as("the view before the restart").containsAllEntriesOf(job.view());
        }
    }

    private static void assertTopicSaysWhatTheTableSays(List<PolicyChange> topic, Map<StateKey, QRow> table) {
        Map<StateKey, List<PolicyChange>> byKey = new HashMap<>();
        topic.forEach(change ->
                byKey.computeIfAbsent(change.state(), any -> new ArrayList<>()).add(change));
        Set<StateKey> keys = new TreeSet<>(Comparator.comparing(StateKey::toString));
        keys.addAll(byKey.keySet());
        keys.addAll(table.keySet());
        for (StateKey key : keys) {
            List<PolicyChange> changes = byKey.getOrDefault(key, List.of());
            assertAgree(key, changes.isEmpty() ? null : changes.get(changes.size() - 1), table.get(key));
            assertInOrder(changes);
        }
    }

    private static void assertAgree(StateKey key, @Nullable PolicyChange told, @Nullable QRow row) {
        if (row == null || row.announcedAction() == GreedyChoice.NONE) {
            assertThat(told == null || told.isTombstone())
                    .as("%s has no announced row: the topic says %s", key, told)
                    .isTrue();
            return;
        }
        assertThat(told).as("%s is announced: %s", key, row).isNotNull();
        assertThat(told.action()).as("greedy action of %s, %s", key, row).isEqualTo(row.greedyAction());
        assertThat(told.qValues()[told.action()])
                .as("value of %s, %s", key, row)
                .isEqualTo(row.announcedValue());
        assertThat(told.qValues()).as("actions of %s", key).hasSize(row.actions());
        assertThat(told.version()).as("version of %s", key).isEqualTo(row.version());
        assertThat(told.epoch()).as("epoch of %s", key).isEqualTo(row.epoch());
    }

    /** The greatest (epoch, version) is the last. */
    private static void assertInOrder(List<PolicyChange> changes) {
        PolicyChange last = null;
        for (PolicyChange change : changes) {
            if (change.isTombstone()) {
                continue;
            }
            assertThat(last == null
                            || last.epoch() < change.epoch()
                            || (last.epoch() == change.epoch() && last.version() < change.version()))
                    .as("%s after %s", change, last)
                    .isTrue();
            last = change;
        }
    }

    private static void assertEachCountsOnce(
            List<List<Transition>> partitions, String policyId, Map<StateKey, QRow> table) {
        Map<String, Long> expected = new HashMap<>();
        Set<Long> identities = new HashSet<>();
        partitions.forEach(records -> records.forEach(transition -> {
            if (transition.state().policyId().equals(policyId) && identities.add(transition.identity())) {
                expected.merge(transition.state() + " " + transition.action(), 1L, Long::sum);
            }
        }));
        Map<String, Long> counted = new HashMap<>();
        table.forEach((key, row) -> {
            for (int action = 0; action < row.actions() && key.policyId().equals(policyId); action++) {
                if (row.visits(action) > 0) {
                    counted.put(key + " " + action, row.visits(action));
                }
            }
        });
        assertThat(counted).as("visits of %s", policyId).isEqualTo(expected);
    }
}

package io.streamq.job.learn;

import static io.streamq.job.learn.ShardHarness.key;
import static io.streamq.job.learn.ShardHarness.last;
import static io.streamq.job.learn.ShardHarness.step;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.job.record.StateKey;
import io.streamq.job.record.TransitionBatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.jupiter.api.Test;

class KeyGroupBatchesTest {
    private static final int KEY_GROUPS = 8;

    /** What each batch held that was handed over: rewards by which states they belong to. */
    private final List<Map<StateKey, List<Double>>> handedOver = new ArrayList<>();

    private final KeyGroupBatches batches = new KeyGroupBatches(KEY_GROUPS, this::note);

    private void note(TransitionBatch batch) {
        Map<StateKey, List<Double>> rewards = new HashMap<>();
        while (batch.next()) {
            rewards.computeIfAbsent(batch.state(), state -> new ArrayList<>()).add(batch.reward());
        }
        handedOver.add(rewards);
    }

    private static int keyGroup(StateKey key) {
        return KeyGroupRangeAssignment.assignToKeyGroup(key, KEY_GROUPS);
    }

    @Test
    void aBatchIsOfOneKeyGroupAndKeepsTheOrder() {
        for (int i = 0; i < 100; i++) {
            batches.add(last("s" + i % 20, 0, i).alone(), 0, 0);
        }
        assertThat(handedOver).isEmpty();
        batches.send();
        assertThat(handedOver).hasSizeBetween(2, KEY_GROUPS);
        Map<StateKey, List<Double>> all = new HashMap<>();
        for (Map<StateKey, List<Double>> rewards : handedOver) {
            assertThat(rewards.keySet().stream()
                            .map(KeyGroupBatchesTest::keyGroup)
                            .distinct())
                    .hasSize(1);
            all.putAll(rewards);
        }
        assertThat(all).hasSize(20);
        assertThat(all.get(key("s3"))).containsExactly(3.0, 23.0, 43.0, 63.0, 83.0);
    }

    @Test
    void nothingIsHandedOverTwice() {
        batches.add(last("s", 0, 1).alone(), 0, 0);
        batches.send();
        batches.send();
        assertThat(handedOver).hasSize(1);
    }

    @Test
    void aFullBatchDoesNotWait() {
        int added = 0;
        while (handedOver.isEmpty() && added < 10_000) {
            batches.add(last("s", 0, added).alone(), 0, 0);
            added++;
        }
        assertThat(handedOver).hasSize(1);
        assertThat(handedOver.get(0).get(key("s"))).hasSize(added).hasSizeBetween(25, 250);
    }

    @Test
    void onTheFirstHopTheSuccessorSaysWhereATransitionGoes() {
        Map<Integer, Integer> byKeyGroup = new HashMap<>();
        for (int i = 0; i < 50; i++) {
            int keyGroup = batches.keyGroup(key("t" + i));
            step("s", 0, i, "t" + i).addTo(batches.batchOf(keyGroup));
            batches.sendIfFull(keyGroup);
            byKeyGroup.merge(keyGroup(key("t" + i)), 1, Integer::sum);
        }
        batches.send();
        assertThat(handedOver)
                .extracting(rewards -> rewards.get(key("s")).size())
                .containsExactlyInAnyOrderElementsOf(byKeyGroup.values());
    }

    @Test
    void aTransitionOfTheFirstHopGoesOnByItsState() {
        TransitionBatch firstHop = new TransitionBatch();
        step("a", 0, 1, "t").addTo(firstHop);
        step("b", 0, 2, "t").addTo(firstHop);
        while (firstHop.next()) {
            batches.add(firstHop, 0.5, 0);
        }
        batches.send();
        Map<StateKey, List<Double>> all = new HashMap<>();
        handedOver.forEach(all::putAll);
        assertThat(all).isEqualTo(Map.of(key("a"), List.of(1.0), key("b"), List.of(2.0)));
    }
}

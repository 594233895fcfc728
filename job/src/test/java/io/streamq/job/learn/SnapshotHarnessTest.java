package io.streamq.job.learn;

import static io.streamq.job.learn.ShardHarness.last;
import static io.streamq.job.policy.PolicyConfigs.halfway;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.job.record.StateKey;
import io.streamq.learning.QRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Snapshots are written while learning goes on: they must hold what was true when they began. */
class SnapshotHarnessTest {
    private static final int STATES = 12;
    private static final int ROUNDS = 40;

    private record Begun(long number, Map<StateKey, Long> learnt, Supplier<OperatorSubtaskState> snapshot) {}

    @ParameterizedTest
    @EnumSource(Backend.class)
    void whatIsLearntWhileASnapshotIsWrittenIsNotInIt(Backend backend) throws Exception {
        try (ShardHarness shard = new ShardHarness(halfway(), backend).open()) {
            shard.learn(last("s", 0, 4), last("s", 1, 2));
            Map<StateKey, QRow> before = shard.rows();
            Supplier<OperatorSubtaskState> begun = shard.beginSnapshot();
            shard.learn(last("s", 0, -8), last("s", 0, -8), last("new", 0, 1));
            OperatorSubtaskState written = begun.get();

            assertThat(shard.row("s").visits(0)).isEqualTo(3);
            assertThat(restored(written, backend)).isEqualTo(before);
        }
    }

    /** One snapshot may not be written yet when the next begins, and it may be the last one to be. */
    @ParameterizedTest
    @EnumSource(Backend.class)
    void eachSnapshotHoldsAllThatWasLearntBeforeItBegan(Backend backend) throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        Map<StateKey, Long> learnt = new HashMap<>();
        List<Begun> unwritten = new ArrayList<>();
        try (ShardHarness shard = new ShardHarness(halfway(), backend).open()) {
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = random.nextInt(8); i > 0; i--) {
                    String state = "s" + random.nextInt(STATES);
                    shard.learn(last(state, random.nextInt(2), random.nextInt(9)));
                    learnt.merge(ShardHarness.key(state), 1L, Long::sum);
                }
                Supplier<OperatorSubtaskState> snapshot = shard.beginSnapshot();
                unwritten.add(new Begun(shard.lastSnapshot(), Map.copyOf(learnt), snapshot));
                if (random.nextInt(6) == 0) { // nobody wants one of them any more
                    shard.learn
                            .getOperator()
                            .notifyCheckpointAborted(unwritten.remove(random.nextInt(unwritten.size())).number);
                }
                if (unwritten.size() == 1 + random.nextInt(3)) {
                    Begun any = unwritten.remove(random.nextInt(unwritten.size()));
                    Map<StateKey, Long> written = new HashMap<>();
                    restored(any.snapshot.get(), backend).forEach((key, row) -> written.put(key, row.updates()));
                    assertThat(written).as("seed %d, round %d", seed, round).isEqualTo(any.learnt);
                    shard.learn.notifyOfCompletedCheckpoint(any.number);
                }
            }
        }
    }

    private static Map<StateKey, QRow> restored(OperatorSubtaskState state, Backend backend) throws Exception {
        try (ShardHarness shard = new ShardHarness(halfway(), backend).open(state)) {
            return shard.rows();
        }
    }
}

package io.streamq.job.learn;

import static io.streamq.job.learn.ShardHarness.last;
import static io.streamq.job.policy.PolicyConfigs.control;
import static io.streamq.job.policy.PolicyConfigs.halfway;
import static io.streamq.job.policy.PolicyConfigs.limited;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.job.options.JobOptions.Policies;
import io.streamq.job.record.StateKey;
import io.streamq.learning.QRow;
import io.streamq.schemas.LimitsConfig;
import io.streamq.schemas.PolicyConfig;
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
    private static final int MANY_STATES = 1_000;

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

    /** Rows that go take others' places, and rows of another shape stand elsewhere. */
    @ParameterizedTest
    @EnumSource(Backend.class)
    void rowsThatGoOrGainActionsWhileASnapshotIsWrittenAreInItAsTheyWere(Backend backend) throws Exception {
        PolicyConfig.Builder config = limited(LimitsConfig.newBuilder().setRows((long) MANY_STATES));
        try (ShardHarness shard =
                new ShardHarness(new Policies(null, 1000), List.of(control("p", config)), backend).open()) {
            learn(shard, 0, MANY_STATES);
            Map<StateKey, QRow> before = shard.rows();
            Supplier<OperatorSubtaskState> begun = shard.beginSnapshot();
            learn(shard, MANY_STATES, MANY_STATES * 3 / 2);
            assertThat(shard.configure(control("p", config.setActions(3))))
                    .hasSize(MANY_STATES)
                    .allSatisfy(told -> assertThat(told.qValues()).hasSize(3));
            learn(shard, MANY_STATES * 3 / 2, MANY_STATES * 2);

            assertThat(learnt(restored(begun.get(), backend)))
                    .hasSize(MANY_STATES)
                    .isEqualTo(learnt(before));
            assertThat(shard.rows()).hasSize(MANY_STATES).allSatisfy((key, row) -> {
                int state = Integer.parseInt(key.state().substring(1));
                double[] values = new double[3];
                values[state % 2] = state / 2.0;
                assertThat(row.actions()).isEqualTo(3);
                assertThat(row.updates()).isOne();
                assertThat(new double[] {row.value(0, 0), row.value(0, 1), row.value(0, 2)})
                        .isEqualTo(values);
            });
        }
    }

    /** Without what a restore announces. */
    private static Map<StateKey, List<Double>> learnt(Map<StateKey, QRow> rows) {
        Map<StateKey, List<Double>> learnt = new HashMap<>();
        rows.forEach((key, row) -> learnt.put(
                key, List.of(row.value(0, 0), row.value(0, 1), (double) row.actions(), (double) row.visits(0))));
        return learnt;
    }

    private static void learn(ShardHarness shard, int from, int to) throws Exception {
        for (int state = from; state < to; state++) {
            shard.learn(last("s" + state, state % 2, state));
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

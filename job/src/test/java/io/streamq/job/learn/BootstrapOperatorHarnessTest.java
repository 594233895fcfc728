package io.streamq.job.learn;

import static io.streamq.job.learn.ShardHarness.TAILS;
import static io.streamq.job.learn.ShardHarness.key;
import static io.streamq.job.learn.ShardHarness.last;
import static io.streamq.job.learn.ShardHarness.step;
import static io.streamq.job.learn.ShardHarness.transition;
import static io.streamq.job.policy.PolicyConfigs.halfway;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.streamq.job.metrics.StreamQMetrics;
import io.streamq.job.record.RecordType;
import io.streamq.job.record.Transition;
import io.streamq.job.record.ValuedTransition;
import io.streamq.schemas.PolicyConfig;
import java.time.Duration;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BootstrapOperatorHarnessTest {
    private static final PolicyConfig.Builder OPTIMISTIC = halfway().setInitialQ(100);
    private static final ShardId ID = new ShardId("graph", 0, 0);

    @AfterEach
    void noMeetingIsLeft() {
        assertThat(Shard.count()).isZero();
    }

    @Test
    void aSuccessorThatNobodyActedInHasNoValueAndIsCounted() throws Exception {
        try (ShardHarness shard = new ShardHarness(OPTIMISTIC, Backend.HASHMAP).open()) {
            shard.learn(last("s", 0, 4));
            assertThat(shard.bootstrap(step("p", 0, 0, "unseen")).nextValue()).isNaN();
            assertThat(shard.bootstrap(step("p", 0, 0, "s")).nextValue()).isEqualTo(100);
            assertThat(shard.count(StreamQMetrics.UNSEEN_SUCCESSORS)).isOne();
        }
    }

    @Test
    void aTerminatedStepReadsNoValueThoughItsStateHasOne() throws Exception {
        try (ShardHarness shard = new ShardHarness(OPTIMISTIC, Backend.HASHMAP).open()) {
            shard.learn(last("s", 0, 4));
            ValuedTransition valued = shard.bootstrap(last("s", 0, 4));
            assertThat(valued.terminated()).isTrue();
            assertThat(valued.nextValue()).isZero();
            assertThat(shard.count(StreamQMetrics.UNSEEN_SUCCESSORS)).isZero();
        }
    }

    @Test
    void everythingElseTravelsOnAsItCame() throws Exception {
        try (ShardHarness shard = new ShardHarness(OPTIMISTIC, Backend.HASHMAP).open()) {
            Transition transition = transition("s", 1, -3, "ts", TAILS, 0, new long[] {3});
            ValuedTransition valued = shard.bootstrap(transition);
            assertThat(valued.terminated()).isFalse();
            assertThat(valued)
                    .usingRecursiveComparison()
                    .withEqualsForType(Double::equals, Double.class) // NaN too
                    .isEqualTo(ValuedTransition.of(transition, ValuedTransition.UNSEEN, 0));
            assertThat(valued.state()).isEqualTo(key("s"));
            assertThat(valued.nextStateBytes()).isEqualTo(2);
        }
    }

    /** BOOTSTRAP alone, with a partner that the test plays. */
    private static OneInputStreamOperatorTestHarness<Transition, ValuedTransition> alone(Duration timeout)
            throws Exception {
        OneInputStreamOperatorTestHarness<Transition, ValuedTransition> harness =
                new OneInputStreamOperatorTestHarness<>(new BootstrapOperator(timeout, environment -> ID));
        harness.setup(ShardHarness.serializer(RecordType.VALUED_TRANSITION));
        return harness;
    }

    @Test
    void bootstrapDoesNotOpenWithoutLearn() throws Exception {
        try (var harness = alone(Duration.ofMillis(20))) {
            assertThatIllegalStateException()
                    .isThrownBy(harness::open)
                    .withMessageContaining("found no LEARN in its slot within 20 ms");
        }
    }

    @Test
    void bootstrapThatIsPlacedOtherwiseThanLearnEndsTheJob() throws Exception {
        try (var harness = alone(Duration.ofSeconds(30))) {
            Placement here = Placement.of(harness.getEnvironment().getTaskInfo());
            Placement there = new Placement(2, here.maxParallelism(), here.keyGroups(), here.slot());
            Shard learn = Shard.joinAsLearn(ID, there);
            assertThatExceptionOfType(SuppressRestartsException.class)
                    .isThrownBy(harness::open)
                    .havingCause()
                    .withMessageContaining("they differ in parallelism 1 and 2.");
            Shard.leave(learn);
        }
    }
}

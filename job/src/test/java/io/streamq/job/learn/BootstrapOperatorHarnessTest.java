package io.streamq.job.learn;

import static io.streamq.job.learn.ShardHarness.halfway;
import static io.streamq.job.learn.ShardHarness.key;
import static io.streamq.job.learn.ShardHarness.last;
import static io.streamq.job.learn.ShardHarness.step;
import static io.streamq.job.learn.ShardHarness.transition;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.streamq.job.metrics.StreamQMetrics;
import io.streamq.job.options.JobOptions.PolicyDefaults;
import io.streamq.job.record.RecordType;
import io.streamq.job.record.Transition;
import io.streamq.job.record.ValuedTransition;
import io.streamq.learning.QLearning;
import java.time.Duration;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BootstrapOperatorHarnessTest {
    private static final PolicyDefaults OPTIMISTIC = halfway(new QLearning(), 100);
    private static final ShardId ID = new ShardId("graph", 0, 0);

    @AfterEach
    void noMeetingIsLeft() {
        assertThat(Shard.count()).isZero();
    }

    @Test
    void aSuccessorThatNobodyActedInHasTheInitialValueAndIsCounted() throws Exception {
        try (ShardHarness shard = new ShardHarness(OPTIMISTIC, Backend.HASHMAP).open()) {
            shard.learn(last("s", 0, 4));
            assertThat(shard.bootstrap(step("p", 0, 0, "unseen")).nextValue()).isEqualTo(100);
            assertThat(shard.bootstrap(step("p", 0, 0, "s")).nextValue()).isEqualTo(100);
            Counter unseen = (Counter) shard.metric(StreamQMetrics.UNSEEN_SUCCESSORS);
            assertThat(unseen.getCount()).isOne();
        }
    }

    @Test
    void aTerminatedStepReadsNoValueThoughItsStateHasOne() throws Exception {
        try (ShardHarness shard = new ShardHarness(OPTIMISTIC, Backend.HASHMAP).open()) {
            shard.learn(last("s", 0, 4));
            ValuedTransition valued = shard.bootstrap(last("s", 0, 4));
            assertThat(valued.terminated()).isTrue();
            assertThat(valued.nextValue()).isZero();
            assertThat(((Counter) shard.metric(StreamQMetrics.UNSEEN_SUCCESSORS)).getCount())
                    .isZero();
        }
    }

    @Test
    void everythingElseTravelsOnAsItCame() throws Exception {
        try (ShardHarness shard = new ShardHarness(OPTIMISTIC, Backend.HASHMAP).open()) {
            Transition transition = transition("s", 1, -3, "t", 1, 0, new long[] {3});
            ValuedTransition valued = shard.bootstrap(transition);
            assertThat(valued.terminated()).isFalse();
            assertThat(valued)
                    .usingRecursiveComparison()
                    .withEqualsForType(Double::equals, Double.class) // NaN too
                    .isEqualTo(ValuedTransition.of(transition, 100));
            assertThat(valued.state()).isEqualTo(key("s"));
        }
    }

    /** BOOTSTRAP alone, with a partner that the test plays. */
    private static OneInputStreamOperatorTestHarness<Transition, ValuedTransition> alone(Duration timeout)
            throws Exception {
        OneInputStreamOperatorTestHarness<Transition, ValuedTransition> harness =
                new OneInputStreamOperatorTestHarness<>(new BootstrapOperator(OPTIMISTIC, timeout, environment -> ID));
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

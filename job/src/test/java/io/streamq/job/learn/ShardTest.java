package io.streamq.job.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ShardTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final ShardId ID = new ShardId("graph", 3, 1);
    private static final Placement HERE = new Placement(2, 128, new KeyGroupRange(0, 63), "slot-a");

    private final SuccessorView view = new SuccessorView();

    @AfterEach
    void nothingIsLeftBehind() {
        assertThat(Shard.count()).isZero();
    }

    /** A thread that waits for the view, and is known to wait when this returns. */
    private static final class Waiting extends FutureTask<SuccessorView> {
        private final Thread thread = new Thread(this, "bootstrap");

        private Waiting(Callable<SuccessorView> wait) {
            super(wait);
        }

        static Waiting on(Shard shard) {
            Waiting waiting = new Waiting(() -> shard.awaitView(PATIENCE));
            waiting.thread.start();
            await().until(() -> waiting.thread.getState() == Thread.State.WAITING
                    || waiting.thread.getState() == Thread.State.TIMED_WAITING);
            return waiting;
        }
    }

    @Test
    void bootstrapThatComesFirstWaitsForTheView() throws Exception {
        Shard bootstrap = Shard.joinAsBootstrap(ID, HERE);
        Waiting waiting = Waiting.on(bootstrap);
        Shard learn = Shard.joinAsLearn(ID, HERE);
        learn.open(view);
        assertThat(waiting.get()).isSameAs(view);
        Shard.leave(bootstrap);
        Shard.leave(learn);
    }

    @Test
    void bootstrapThatComesSecondFindsTheView() throws Exception {
        Shard learn = Shard.joinAsLearn(ID, HERE);
        learn.open(view);
        Shard bootstrap = Shard.joinAsBootstrap(ID, HERE);
        assertThat(bootstrap).isSameAs(learn);
        assertThat(bootstrap.awaitView(PATIENCE)).isSameAs(view);
        Shard.leave(learn);
    }

    @Test
    void anotherSubtaskAttemptOrGraphIsAnotherMeeting() {
        Shard shard = Shard.joinAsLearn(ID, HERE);
        Stream.of(new ShardId("graph", 4, 1), new ShardId("graph", 3, 2), new ShardId("other", 3, 1))
                .map(id -> Shard.joinAsLearn(id, HERE))
                .forEach(other -> {
                    assertThat(other).isNotSameAs(shard);
                    Shard.leave(other);
                });
        Shard.leave(shard);
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("differences")
    void aDifferenceEndsTheJobNamingBothFiguresWhoeverComesFirst(Placement elsewhere, String difference) {
        Shard learn = Shard.joinAsLearn(ID, elsewhere);
        assertEndsTheJob(() -> Shard.joinAsBootstrap(ID, HERE), difference);
        Shard.leave(learn);

        Shard bootstrap = Shard.joinAsBootstrap(ID, HERE);
        assertEndsTheJob(() -> Shard.joinAsLearn(ID, elsewhere), difference);
        Shard.leave(bootstrap);
    }

    static Stream<Arguments> differences() {
        KeyGroupRange all = new KeyGroupRange(0, 127);
        return Stream.of(
                Arguments.of(new Placement(1, 128, HERE.keyGroups(), "slot-a"), "parallelism 2 and 1."),
                Arguments.of(new Placement(2, 64, HERE.keyGroups(), "slot-a"), "max parallelism 128 and 64."),
                Arguments.of(
                        new Placement(2, 128, all, "slot-a"), "key groups %s and %s.".formatted(HERE.keyGroups(), all)),
                Arguments.of(new Placement(2, 128, HERE.keyGroups(), "slot-b"), "slot slot-a and slot-b."),
                Arguments.of(
                        new Placement(1, 128, all, "slot-b"),
                        "parallelism 2 and 1, key groups %s and %s, slot slot-a and slot-b."
                                .formatted(HERE.keyGroups(), all)));
    }

    private static void assertEndsTheJob(Callable<Shard> second, String difference) {
        assertThatExceptionOfType(SuppressRestartsException.class)
                .isThrownBy(second::call)
                .havingCause()
                .withMessageStartingWith("BOOTSTRAP and LEARN of shard 3 must run in one slot with equal parallelism")
                .withMessageContaining("they differ in " + difference)
                .withMessageContaining("streamq.job.parallelism");
    }

    @Test
    void aMeetingThatMustNotBeIsOver() {
        Shard learn = Shard.joinAsLearn(ID, HERE);
        assertThatExceptionOfType(SuppressRestartsException.class)
                .isThrownBy(() -> Shard.joinAsBootstrap(ID, new Placement(1, 128, HERE.keyGroups(), "slot-a")));
        assertThat(Shard.count()).isZero();
        Shard.leave(learn);
    }

    @Test
    void anAbsentPartnerIsAFailureThatSaysWhatToCheck() {
        Shard bootstrap = Shard.joinAsBootstrap(ID, HERE);
        assertThatIllegalStateException()
                .isThrownBy(() -> bootstrap.awaitView(Duration.ofMillis(20)))
                .withMessageStartingWith("BOOTSTRAP of shard 3 (attempt 1) found no LEARN in its slot within 20 ms"
                        + " (streamq.job.partner-timeout). The job restarts");
        Shard.leave(bootstrap);
    }

    @Test
    void aPartnerThatRestoresIsWaitedForBeyondTheTimeout() throws Exception {
        Shard bootstrap = Shard.joinAsBootstrap(ID, HERE);
        Shard learn = Shard.joinAsLearn(ID, HERE);
        FutureTask<SuccessorView> waiting = new FutureTask<>(() -> bootstrap.awaitView(Duration.ZERO));
        Thread thread = new Thread(waiting, "bootstrap");
        thread.start();
        await().until(() -> thread.getState() == Thread.State.WAITING);
        learn.open(view);
        assertThat(waiting.get()).isSameAs(view);
        Shard.leave(learn);
    }

    @Test
    void learnThatLeavesWakesBootstrap() {
        Shard bootstrap = Shard.joinAsBootstrap(ID, HERE);
        Shard learn = Shard.joinAsLearn(ID, HERE);
        Waiting waiting = Waiting.on(bootstrap);
        Shard.leave(learn);
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(waiting::get)
                .havingCause()
                .isInstanceOf(IllegalStateException.class)
                .withMessage(
                        "LEARN of shard 3 (attempt 1) left before its rows were restored; its own failure says why.");
    }

    @Test
    void anInterruptWakesBootstrap() {
        Shard bootstrap = Shard.joinAsBootstrap(ID, HERE);
        Waiting waiting = Waiting.on(bootstrap);
        waiting.thread.interrupt();
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(waiting::get)
                .withCauseInstanceOf(InterruptedException.class);
        Shard.leave(bootstrap);
    }

    @Test
    void whoeverLeavesRemovesOnlyItsOwnMeeting() {
        Shard dead = Shard.joinAsLearn(ID, HERE);
        Shard.leave(dead);
        Shard alive = Shard.joinAsLearn(ID, HERE);
        Shard.leave(dead);
        assertThat(Shard.joinAsBootstrap(ID, HERE)).isSameAs(alive);
        Shard.leave(alive);
    }

    @Test
    void leavingBeforeHavingComeIsNothing() {
        Shard.leave(null);
    }
}

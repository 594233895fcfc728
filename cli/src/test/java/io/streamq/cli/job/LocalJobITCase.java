package io.streamq.cli.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.program.FlinkPaths;
import io.streamq.job.metrics.StreamQMetrics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a job in this JVM begins, goes wrong and ends, by one that does nothing but count. */
class LocalJobITCase {
    private static final long NEVER = Long.MAX_VALUE;

    /** The least value at which the job fails, once. */
    private static final AtomicLong FAILS_FROM = new AtomicLong(NEVER);

    private static final AtomicInteger OPEN = new AtomicInteger();
    private static final AtomicInteger ATTEMPTS = new AtomicInteger();

    @TempDir
    private Path work;

    /** Counts as LEARN does, and fails once when it is told to. */
    private static final class Counting extends RichMapFunction<Long, Long> {
        private static final long serialVersionUID = 1;

        private transient Counter applied;

        @Override
        public void open(OpenContext context) {
            OPEN.incrementAndGet();
            ATTEMPTS.incrementAndGet();
            applied = getRuntimeContext()
                    .getMetricGroup()
                    .addGroup(StreamQMetrics.GROUP)
                    .counter(StreamQMetrics.EXPERIENCES_APPLIED);
        }

        @Override
        public Long map(Long value) throws InterruptedException {
            if (value >= FAILS_FROM.get()) {
                FAILS_FROM.set(NEVER);
                throw new IllegalStateException("told to fail");
            }
            applied.inc();
            Thread.sleep(1);
            return value;
        }

        @Override
        public void close() {
            OPEN.decrementAndGet();
        }
    }

    @BeforeEach
    void nothingFailsAndNothingIsOpen() {
        FAILS_FROM.set(NEVER);
        OPEN.set(0);
        ATTEMPTS.set(0);
    }

    private LocalJob start(Configuration flink) throws InterruptedException {
        return start(flink, Long.MAX_VALUE);
    }

    private LocalJob start(Configuration flink, long records) throws InterruptedException {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(flink);
        environment.setParallelism(1);
        environment.fromSequence(1, records).map(new Counting()).sinkTo(new DiscardingSink<>());
        return LocalJob.start(environment, flink, 1, work);
    }

    private static Configuration restarting() {
        return new Configuration()
                .set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay")
                .set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(10));
    }

    private static void awaitCounts(LocalJob job) {
        await().atMost(Duration.ofSeconds(30)).until(() -> job.metrics().experiencesProcessed() > 10);
    }

    @Test
    void aJobThatRestartedIsBrokenAsItsCountsBeginAnew() throws Exception {
        try (LocalJob job = start(restarting())) {
            awaitCounts(job);
            job.requireUnbroken();

            FAILS_FROM.set(0);
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThatThrownBy(job::requireUnbroken)
                    .isInstanceOf(CommandFailure.class)
                    .hasMessageContaining("the job restarted")
                    .hasMessageContaining("run the command again"));
        }
    }

    @Test
    void whatAJobCountedIsKnownWhenItHasEnded() throws Exception {
        try (LocalJob job = start(new Configuration(), 100)) {
            await().atMost(Duration.ofSeconds(30)).until(job::hasFinished);
            assertThat(job.metrics().experiencesApplied()).isEqualTo(100);
        }
    }

    @Test
    void whatAJobCountsIsKnownWhicheverReportersAndDelimiterAreSet() throws Exception {
        Configuration flink =
                new Configuration().set(MetricOptions.REPORTERS_LIST, "other").set(MetricOptions.SCOPE_DELIMITER, "_");
        try (LocalJob job = start(flink, 100)) {
            await().atMost(Duration.ofSeconds(30)).until(job::hasFinished);
            assertThat(job.metrics().experiencesApplied()).isEqualTo(100);
        }
    }

    @Test
    void whatTheAttemptBeforeARestartCountedIsForgotten() throws Exception {
        FAILS_FROM.set(500);
        try (LocalJob job = start(restarting(), 1_000)) {
            await().atMost(Duration.ofSeconds(30)).until(job::hasFinished);
            assertThat(ATTEMPTS).as("attempts").hasValue(2);
            assertThat(job.metrics().experiencesApplied()).isEqualTo(1_000);
        }
    }

    @Test
    void aJobThatFailsBeforeItRunsIsNotWaitedFor() throws Exception {
        Configuration flink = new Configuration()
                .set(StateRecoveryOptions.SAVEPOINT_PATH, FlinkPaths.of(work.resolve("no-such-savepoint")));
        try (LocalJob job = start(flink)) {
            assertThatThrownBy(job::awaitRunning)
                    .isInstanceOf(CommandFailure.class)
                    .hasMessageContaining("no-such-savepoint");
        }
    }

    /** Flink itself refuses a savepoint until then. */
    @Test
    void aSavepointOfAJobThatHasJustBegunWaitsForItsTasks() throws Exception {
        try (LocalJob job = start(new Configuration())) {
            assertThat(job.savepoint(work.resolve("savepoints"))).isDirectoryContaining("glob:**/_metadata");
        }
    }

    @Test
    void whoIsInterruptedClosesTheJobAllTheSame() throws Exception {
        LocalJob job = start(new Configuration());
        awaitCounts(job);
        assertThat(OPEN).hasValue(1);

        Thread.currentThread().interrupt();
        assertThatCode(job::close).doesNotThrowAnyException();
        assertThat(Thread.interrupted()).as("still interrupted").isTrue();
        assertThat(OPEN).as("tasks that run").hasValue(0);
    }
}

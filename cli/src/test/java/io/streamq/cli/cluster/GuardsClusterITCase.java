package io.streamq.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.streamq.cli.Invocation;
import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.program.ExitCodes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Shards whose halves do not belong together, on real processes. Each job starts from a savepoint in which every state has a
 * row, with an initial value so far off that a single default value, read where a row should have been, would show.
 */
@TestMethodOrder(
        MethodOrderer.OrderAnnotation.class) // one test brings a second TaskManager, which would be in others' way
class GuardsClusterITCase {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static RealCluster cluster;
    private static ExperienceFeed feed;
    private static Path brokenJar;
    private static String savepoint;

    @BeforeAll
    static void learnSomething() throws Exception {
        cluster = RealCluster.start(GuardsClusterITCase.class, "--taskmanagers=1", "--slots=2");
        brokenJar = cluster.folder().root().resolve("broken").resolve("job.jar");
        BrokenJob.pack(brokenJar);
        cluster.submit("--parallelism=2");
        feed = new ExperienceFeed(cluster.bootstrapServers());
        feed.send(20_000);
        assertThat(cluster.assertEachAppliedOnce(feed)).hasSize(ExperienceFeed.STATES);
        savepoint = cluster.run("savepoint", "--stop");
        feed.send(5_000);
        feed.flush();
    }

    @AfterAll
    static void stop() {
        if (feed != null) {
            feed.close();
        }
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    @Order(1)
    void unequalMaxParallelismEndsTheJob() throws Exception {
        run(BrokenJob.Break.MAX_PARALLELISM, 2);
        awaitEnd("max parallelism 64 and 128");
        cluster.assertNoAnnouncedValueIsFarOff();
    }

    @Test
    @Order(2)
    void anotherSlotEndsTheJob() throws Exception {
        run(BrokenJob.Break.SLOT, 1);
        awaitEnd("they differ in slot ");
        cluster.assertNoAnnouncedValueIsFarOff();
    }

    @Test
    @Order(3)
    void batchModeIsRefusedAtTheStart() {
        assertThatThrownBy(() -> run(BrokenJob.Break.BATCH, 1))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContainingAll("execution.runtime-mode must be STREAMING", "Got BATCH", "remove the setting");
        assertThat(cluster.status().at("/job/state").asText()).isNotEqualTo("RUNNING");
    }

    @Test
    @Order(4)
    void missingPartnerRestartsTheJob() throws Exception {
        cluster.run("start", "--taskmanagers=2");
        String job = run(BrokenJob.Break.SLOT, 1);
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(cluster.status().at("/job/failure").asText())
                    .startsWith("BOOTSTRAP of shard 0 (attempt ")
                    .contains(
                            "found no LEARN in its slot within 2000 ms (streamq.job.partner-timeout)",
                            "equal parallelism and share one slot");
            assertThat(cluster.status().at("/job/restarts").asLong()).isGreaterThanOrEqualTo(2);
        });
        assertThat(cluster.placesOf("bootstrap")).isNotEqualTo(cluster.placesOf("learn"));
        assertThat(cluster.status().at("/job/state").asText()).isNotEqualTo("FAILED");
        var unused = cluster.flink().get("/jobs/" + job + "/yarn-cancel");
        awaitState("CANCELED");
        cluster.assertNoAnnouncedValueIsFarOff();
    }

    @Test
    @Order(5)
    void savepointOfAnotherMaxParallelismIsRefusedAtTheStartAndRestoredAsTheSentenceSays() throws Exception {
        Invocation refused = cluster.invoke(
                "submit",
                "--from=" + savepoint,
                "--streamq.policy.actions=" + ExperienceFeed.ACTIONS,
                "--streamq.job.max-parallelism=64");
        assertThat(refused.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(refused.err())
                .contains(
                        "streamq.job.max-parallelism must be that of the snapshot",
                        "it is 128 in " + savepoint,
                        "got 64",
                        "Give --streamq.job.max-parallelism=128");

        cluster.submit("--from=" + savepoint, "--streamq.job.max-parallelism=128");
        cluster.assertNothingLostAndNothingTwice(feed);
    }

    private static String run(BrokenJob.Break how, int parallelism) throws Exception {
        return cluster.flink()
                .run(
                        brokenJar,
                        List.of(
                                how.name(),
                                "--bootstrap-servers=" + cluster.bootstrapServers(),
                                "--streamq.policy.actions=" + ExperienceFeed.ACTIONS,
                                "--streamq.policy.initial-q=" + RealCluster.FAR_OFF,
                                "--streamq.job.parallelism=" + parallelism,
                                "--streamq.job.checkpoint-interval=1s",
                                "--streamq.job.partner-timeout=2s"),
                        savepoint);
    }

    private static void awaitEnd(String difference) {
        awaitState("FAILED");
        // Flink tells the reason a moment later than the state.
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                        cluster.status().at("/job/failure").asText())
                .contains(
                        "BOOTSTRAP and LEARN of shard ",
                        "must run in one slot with equal parallelism",
                        difference,
                        "set streamq.job.parallelism instead of rescaling single vertices"));
        assertThat(cluster.status().at("/job/restarts").asLong()).isZero();
    }

    private static void awaitState(String state) {
        await().atMost(PATIENCE)
                .until(() -> cluster.status().at("/job/state").asText().equals(state));
    }
}

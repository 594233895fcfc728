package io.streamq.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamq.cli.ExitCodes;
import io.streamq.learning.QRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two TaskManagers that share nothing but the network, and what they depend on, each killed while experience streams in. A test
 * counts all that was sent before it, too.
 */
class FaultsClusterITCase {
    private static final int PER_SECOND = 10_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static RealCluster cluster;
    private static ExperienceFeed feed;

    @BeforeAll
    static void start() throws IOException {
        cluster = RealCluster.start(FaultsClusterITCase.class, "--taskmanagers=2", "--slots=2", "--high-availability");
        cluster.submit("--parallelism=4");
        feed = new ExperienceFeed(cluster.bootstrapServers());
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
    void bothLearningOperatorsOfAShardRunInOneProcessAndLearnAll() throws Exception {
        Map<Integer, String> bootstrap = cluster.placesOf("bootstrap");
        assertThat(bootstrap).hasSize(4).isEqualTo(cluster.placesOf("learn"));
        Set<String> processes = new HashSet<>(bootstrap.values());
        assertThat(processes).hasSize(2);

        feed.send(50_000);
        cluster.assertNothingLostAndNothingTwice(feed);
    }

    @Test
    void nothingIsLostAndNothingTwiceWhenTaskManagersAreKilledInMidStream() throws Exception {
        feed.during(() -> killTaskManagers(2), PER_SECOND);
        cluster.assertNothingLostAndNothingTwice(feed);
    }

    @Test
    @Tag("long")
    void nothingIsLostAndNothingTwiceAfterTenKills() throws Exception {
        feed.during(() -> killTaskManagers(10), PER_SECOND);
        cluster.assertNothingLostAndNothingTwice(feed);
    }

    @Test
    void jobGoesOnByItselfWhenTheJobManagerIsKilledInMidStream() throws Exception {
        String job = cluster.jobId();
        feed.during(
                () -> {
                    cluster.awaitCheckpoint();
                    killAndStartAgain("jobmanager");
                    await().atMost(PATIENCE).until(() -> cluster.jobRuns());
                    cluster.awaitCheckpoint();
                },
                PER_SECOND);
        assertThat(cluster.jobId()).isEqualTo(job);
        cluster.assertNothingLostAndNothingTwice(feed);
    }

    @Test
    void nothingIsLostAndNothingTwiceWhenTheBrokerIsKilledInMidStream() throws Exception {
        feed.during(
                () -> {
                    cluster.awaitCheckpoint();
                    killAndStartAgain("kafka");
                    cluster.awaitCheckpoint();
                },
                PER_SECOND);
        cluster.assertNothingLostAndNothingTwice(feed);
    }

    @Test
    void jobGoesOnWhileCheckpointsCannotBeWritten() throws Exception {
        Path checkpoints = cluster.folder().checkpoints();
        Path aside = checkpoints.resolveSibling("checkpoints-aside");
        long restarts = restarts();
        feed.during(
                () -> {
                    cluster.awaitCheckpoint();
                    long failed = failedCheckpoints();
                    Files.move(checkpoints, aside);
                    Files.createFile(checkpoints);
                    try {
                        await().atMost(PATIENCE).until(() -> failedCheckpoints() > failed + 1);
                    } finally {
                        Files.delete(checkpoints);
                        Files.move(aside, checkpoints);
                    }
                    cluster.awaitCheckpoint();
                },
                PER_SECOND);
        assertThat(restarts()).isEqualTo(restarts);
        cluster.assertNothingLostAndNothingTwice(feed);
    }

    private static long failedCheckpoints() throws InterruptedException {
        return cluster.flink()
                .get("/jobs/" + cluster.jobId() + "/checkpoints")
                .at("/counts/failed")
                .asLong();
    }

    /** Stopped for longer than the heartbeat timeout, it is given up; continued, it may write what it still has. */
    @Test
    @Tag("long")
    void zombieOfATaskManagerNeverWinsInAnAgent() throws Exception {
        feed.during(
                () -> {
                    cluster.run("start", "--taskmanagers=3");
                    cluster.awaitCheckpoint();
                    String zombie = cluster.processHosting("learn");
                    long restarts = restarts();
                    cluster.signal("STOP", zombie);
                    await().atMost(PATIENCE).until(() -> restarts() > restarts);
                    cluster.awaitCheckpoint();
                    cluster.signal("CONT", zombie);
                    cluster.awaitCheckpoint();
                },
                PER_SECOND);
        SortedMap<String, QRow> table = cluster.assertEachAppliedOnce(feed);
        RealCluster.assertTold(cluster.policyOfAnAgent(), table);
    }

    private static void killTaskManagers(int times) {
        for (int kill = 0; kill < times; kill++) {
            cluster.awaitCheckpoint();
            long restarts = restarts();
            killAndStartAgain("taskmanager-" + (1 + kill % 2));
            await().atMost(PATIENCE).until(() -> restarts() > restarts);
            cluster.awaitCheckpoint();
        }
    }

    private static void killAndStartAgain(String process) {
        cluster.kill(process);
        assertThat(cluster.invoke("status").exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(cluster.run("start")).contains("Started " + process);
    }

    private static long restarts() {
        return cluster.status().at("/job/restarts").asLong();
    }
}

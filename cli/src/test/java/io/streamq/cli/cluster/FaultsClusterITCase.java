package io.streamq.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.streamq.cli.program.ExitCodes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
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
        cluster = RealCluster.start(
                FaultsClusterITCase.class,
                "--taskmanagers=2",
                "--slots=2",
                "--high-availability",
                // Else so small a table would lie in the checkpoint's metadata, and no TaskManager would write a file.
                "-D",
                "execution.checkpointing.data-inline-threshold=0b");
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

    /** Tests may run as root, whom permissions do not stop: a file stands where the folder should. */
    @Test
    void jobGoesOnAndSaysSoWhileTheCheckpointFolderIsUnwritable() throws Exception {
        Path checkpoints = cluster.folder().checkpoints();
        Path aside = checkpoints.resolveSibling("checkpoints-aside");
        assertJobGoesOnWithoutCheckpoints(
                () -> {
                    Files.move(checkpoints, aside);
                    Files.createFile(checkpoints);
                },
                () -> {
                    Files.delete(checkpoints);
                    Files.move(aside, checkpoints);
                },
                "FileAlreadyExistsException");
    }

    @Test
    void jobGoesOnAndSaysSoWhileTheCheckpointDiskIsFull() throws Exception {
        Path checkpoints = cluster.folder().checkpoints();
        assumeThat(TinyDisk.canBeMounted())
                .as("file systems can be mounted here")
                .isTrue();
        assertJobGoesOnWithoutCheckpoints(
                () -> TinyDisk.mount(checkpoints), () -> TinyDisk.unmount(checkpoints), "No space left on device");
    }

    /**
     * A job that goes on, tells it by metric and log, and checkpoints again afterwards.
     *
     * @param cause what the log names
     */
    private static void assertJobGoesOnWithoutCheckpoints(
            ExperienceFeed.Action breakIt, ExperienceFeed.Action mendIt, String cause) throws Exception {
        long restarts = restarts();
        feed.during(
                () -> {
                    cluster.awaitCheckpoint();
                    long failed = failedCheckpoints();
                    long logged = Files.size(jobManagerLog());
                    breakIt.run();
                    try {
                        await().atMost(PATIENCE).until(() -> failedCheckpoints() > failed + 1);
                        assertThat(logFrom(logged))
                                .containsPattern("WARN .*Failed to trigger or complete checkpoint \\S+ for job "
                                        + cluster.jobId() + "\\. \\([1-9]\\d* consecutive failed attempts so far\\)")
                                .contains(cause);
                    } finally {
                        mendIt.run();
                    }
                    cluster.awaitCheckpoint();
                },
                PER_SECOND);
        assertThat(restarts()).isEqualTo(restarts);
        cluster.assertNothingLostAndNothingTwice(feed);
    }

    /**
     * What the metric {@code numberOfFailedCheckpoints} tells monitoring. Over REST that one stands still for minutes once a TaskManager was
     * killed, as the JobManager asks all of them at once.
     */
    private static long failedCheckpoints() throws InterruptedException {
        return cluster.flink()
                .get("/jobs/" + cluster.jobId() + "/checkpoints")
                .at("/counts/failed")
                .asLong();
    }

    private static Path jobManagerLog() {
        return cluster.folder().logs().resolve("jobmanager.log");
    }

    private static String logFrom(long offset) throws IOException {
        try (InputStream log = Files.newInputStream(jobManagerLog())) {
            log.skipNBytes(offset);
            return new String(log.readAllBytes(), StandardCharsets.UTF_8);
        }
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
        // Flink ends a TaskManager that finds another one gone while it cleans up after a task: then there are two to
        // start.
        await().atMost(PATIENCE).until(() -> cluster.invoke("start").exitCode() == ExitCodes.DONE);
    }

    private static long restarts() {
        return cluster.status().at("/job/restarts").asLong();
    }
}

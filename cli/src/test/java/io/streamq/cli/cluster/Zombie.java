package io.streamq.cli.cluster;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * A TaskManager that is stopped for longer than the heartbeat timeout is given up, and its shards go elsewhere; continued, it
 * sends what its producers hold before it learns that it is dead.
 */
final class Zombie {
    private static final int PER_SECOND = 2_000;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final RealCluster cluster;
    private final String process;

    private Zombie(RealCluster cluster, String process) {
        this.cluster = cluster;
        this.process = process;
    }

    /** Starts a cluster that soon gives up a silent TaskManager and can do without, and a job that has much to send. */
    static RealCluster startCluster(Class<?> test, String... options) throws IOException {
        RealCluster cluster = RealCluster.start(test, "--taskmanagers=2", "--slots=2", "-D", "heartbeat.timeout=3s");
        cluster.run(
                "submit",
                Stream.concat(
                                Stream.of(
                                        "--create-topics",
                                        "--parallelism=2",
                                        "--streamq.policy.actions=" + ExperienceFeed.ACTIONS,
                                        "--streamq.job.checkpoint-interval=3s",
                                        // All is announced, and held back by the producers almost until the next
                                        // checkpoint makes them send it.
                                        "--streamq.emission.value-tolerance=0",
                                        "--streamq.kafka.client.linger.ms=2500",
                                        "--streamq.kafka.client.batch.size=10000000",
                                        "--streamq.kafka.client.buffer.memory=50000000"),
                                Stream.of(options))
                        .toArray(String[]::new));
        return cluster;
    }

    /** Stops a process that learns while its producers hold records, and waits until others have its shards. */
    static Zombie stopOneInMidStream(RealCluster cluster, ExperienceFeed feed) throws Exception {
        cluster.awaitCheckpoint();
        String process = cluster.processHosting("learn");
        long restarts = restarts(cluster);
        feed.during(
                () -> {
                    cluster.awaitCheckpoint();
                    long sent = feed.valid();
                    await().atMost(PATIENCE).until(() -> feed.valid() > sent + PER_SECOND);
                    cluster.signal("STOP", process);
                    await().atMost(PATIENCE).until(() -> restarts(cluster) > restarts && cluster.jobRuns());
                    cluster.awaitCheckpoint();
                },
                PER_SECOND);
        return new Zombie(cluster, process);
    }

    private static long restarts(RealCluster cluster) {
        return cluster.status().at("/job/restarts").asLong();
    }

    void goOn() throws IOException, InterruptedException {
        cluster.signal("CONT", process);
    }

    /** Waits until its log has what a regular expression describes. */
    void awaitLog(String pattern) {
        await().atMost(PATIENCE)
                .until(() -> Files.readString(cluster.folder().logs().resolve(process + ".log"))
                        .matches("(?s).*(" + pattern + ").*"));
    }
}

package io.streamq.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamq.learning.QRow;
import io.streamq.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.SortedMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A TaskManager that hangs with records to send, is given up, and goes on: its transactions have ended without it. */
@Tag("long")
class ExactlyOnceZombieClusterITCase {
    private static final int PER_SECOND = 2_000;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Test
    void zombieOfATaskManagerHasNothingToSayEvenToTheTopic() throws Exception {
        try (RealCluster cluster = RealCluster.start(
                ExactlyOnceZombieClusterITCase.class, "--taskmanagers=3", "--slots=1", "-D", "heartbeat.timeout=5s")) {
            cluster.run(
                    "submit",
                    "--create-topics",
                    "--parallelism=2",
                    "--streamq.policy.actions=" + ExperienceFeed.ACTIONS,
                    "--streamq.job.checkpoint-interval=10s",
                    "--streamq.sink.delivery-guarantee=exactly-once",
                    // All is announced, and held back by the producers until the next checkpoint makes them send it.
                    "--streamq.emission.value-tolerance=0",
                    "--streamq.kafka.client.linger.ms=9000",
                    "--streamq.kafka.client.batch.size=10000000",
                    "--streamq.kafka.client.buffer.memory=50000000");
            try (ExperienceFeed feed = new ExperienceFeed(cluster.bootstrapServers())) {
                String zombie = stopOneInMidStream(cluster, feed);
                SortedMap<String, QRow> table = cluster.assertEachAppliedOnce(feed);
                await().atMost(PATIENCE).untilAsserted(() -> RealCluster.assertTold(cluster.policy(), table));
                long last = lastOffset(cluster);

                cluster.signal("CONT", zombie);

                await().atMost(PATIENCE).until(() -> wasRefused(cluster, zombie));
                assertThat(lastOffset(cluster)).isEqualTo(last);
                RealCluster.assertTold(cluster.policy(), table);
            }
        }
    }

    /** Stops a process that learns while its producers hold records, and waits until others have its shards. */
    private static String stopOneInMidStream(RealCluster cluster, ExperienceFeed feed) throws Exception {
        String[] zombie = new String[1];
        feed.during(
                () -> {
                    cluster.awaitCheckpoint();
                    long sent = feed.valid();
                    await().atMost(PATIENCE).until(() -> feed.valid() > sent + 2 * PER_SECOND);
                    zombie[0] = cluster.processHosting("learn");
                    long restarts = restarts(cluster);
                    cluster.signal("STOP", zombie[0]);
                    await().atMost(PATIENCE).until(() -> restarts(cluster) > restarts && cluster.jobRuns());
                    cluster.awaitCheckpoint();
                },
                PER_SECOND);
        return zombie[0];
    }

    /** Of any record, also one that no transaction commits; the topic has one partition. */
    private static long lastOffset(RealCluster cluster) {
        return cluster.records(Topics.POLICY, "read_uncommitted").stream()
                .mapToLong(ConsumerRecord::offset)
                .max()
                .orElseThrow();
    }

    /** What Kafka's client says when it sends in a transaction that another has taken over. */
    private static boolean wasRefused(RealCluster cluster, String process) throws IOException {
        return Files.readString(cluster.folder().logs().resolve(process + ".log"))
                .matches("(?s).*(InvalidProducerEpochException|ProducerFencedException).*");
    }

    private static long restarts(RealCluster cluster) {
        return cluster.status().at("/job/restarts").asLong();
    }
}

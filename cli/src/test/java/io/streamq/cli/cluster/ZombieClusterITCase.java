package io.streamq.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamq.agent.PolicyView;
import io.streamq.agent.PolicyViewSettings;
import io.streamq.agent.StatePolicy;
import io.streamq.learning.QRow;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.PolicyUpdate;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A TaskManager that is stopped for longer than the heartbeat timeout is given up, and its shards go elsewhere; continued, it
 * sends what its producers hold before it learns that it is dead.
 */
@Tag("long")
class ZombieClusterITCase {
    private static final int PER_SECOND = 2_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration CATCH_UP = Duration.ofSeconds(30);

    @Test
    void lateRecordsOfAZombieNeverWinInAnAgent() throws Exception {
        try (RealCluster cluster = RealCluster.start(
                ZombieClusterITCase.class, "--taskmanagers=3", "--slots=1", "-D", "heartbeat.timeout=5s")) {
            cluster.run(
                    "submit",
                    "--create-topics",
                    "--parallelism=2",
                    "--streamq.policy.actions=" + ExperienceFeed.ACTIONS,
                    "--streamq.job.checkpoint-interval=10s",
                    // All is announced, and held back by the producers until the next checkpoint makes them send it.
                    "--streamq.emission.value-tolerance=0",
                    "--streamq.kafka.client.linger.ms=9000",
                    "--streamq.kafka.client.batch.size=10000000",
                    "--streamq.kafka.client.buffer.memory=50000000");
            try (ExperienceFeed feed = new ExperienceFeed(cluster.bootstrapServers());
                    PolicyView agent = new PolicyView(PolicyViewSettings.ofAllPolicies(cluster.bootstrapServers()))) {
                String zombie = stopOneInMidStream(cluster, feed);
                SortedMap<String, QRow> table = cluster.assertEachAppliedOnce(feed);
                await().atMost(PATIENCE).untilAsserted(() -> assertFollows(agent, table));
                long end = endOfPolicy(cluster);

                cluster.signal("CONT", zombie);

                await().atMost(PATIENCE).until(() -> endOfPolicy(cluster) > end);
                await().atMost(PATIENCE).until(() -> hasLearntOfItsDeath(cluster, zombie));
                assertAllFromOlderEpochs(cluster, end, table);
                assertThat(RealCluster.announced(cluster.policy()))
                        .as("what a reader believes for whom the last record wins")
                        .isNotEqualTo(RealCluster.announced(table));
                assertFollows(agent, table);
                try (PolicyView latecomer =
                        new PolicyView(PolicyViewSettings.ofAllPolicies(cluster.bootstrapServers()))) {
                    latecomer.awaitCaughtUp(CATCH_UP);
                    assertFollows(latecomer, table);
                }
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

    private static void assertAllFromOlderEpochs(RealCluster cluster, long end, Map<String, QRow> table)
            throws Exception {
        AvroCodec<PolicyUpdate> codec = AvroCodec.policyUpdate();
        int late = 0;
        for (ConsumerRecord<byte[], byte[]> each : cluster.policyRecords()) {
            if (each.offset() >= end) {
                PolicyUpdate update = codec.decode(each.value());
                QRow row = table.get(update.getPolicyId() + "/" + update.getState());
                assertThat(update.getEpoch()).as("%s", update).isLessThan(row.epoch());
                late++;
            }
        }
        System.out.println("the zombie wrote " + late + " records late");
        assertThat(late).isPositive();
    }

    private static void assertFollows(PolicyView agent, SortedMap<String, QRow> table) {
        Map<String, RealCluster.Announced> believed = new TreeMap<>();
        for (StatePolicy policy : agent.snapshot().values()) {
            believed.put(
                    policy.policyId() + "/" + policy.state(),
                    new RealCluster.Announced(policy.action(), policy.version(), policy.epoch()));
        }
        assertThat(believed).as("an agent, against the Q-table").isEqualTo(RealCluster.announced(table));
    }

    /** The topic has one partition. */
    private static long endOfPolicy(RealCluster cluster) {
        return cluster.policyRecords().stream()
                        .mapToLong(ConsumerRecord::offset)
                        .max()
                        .orElse(-1)
                + 1;
    }

    private static boolean hasLearntOfItsDeath(RealCluster cluster, String zombie) throws Exception {
        return Files.readString(cluster.folder().logs().resolve(zombie + ".log"))
                .matches("(?s).*switched from RUNNING to (FAILED|CANCELING|CANCELED).*");
    }

    private static long restarts(RealCluster cluster) {
        return cluster.status().at("/job/restarts").asLong();
    }
}

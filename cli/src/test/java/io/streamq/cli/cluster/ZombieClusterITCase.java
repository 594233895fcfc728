package io.streamq.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamq.agent.PolicyView;
import io.streamq.agent.PolicyViewSettings;
import io.streamq.agent.StatePolicy;
import io.streamq.learning.QRow;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.PolicyUpdate;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** Agents do not follow what a {@link Zombie} writes late. */
class ZombieClusterITCase {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration CATCH_UP = Duration.ofSeconds(30);

    @Test
    void lateRecordsOfAZombieNeverWinInAnAgent() throws Exception {
        try (RealCluster cluster = Zombie.startCluster(ZombieClusterITCase.class);
                ExperienceFeed feed = new ExperienceFeed(cluster.bootstrapServers());
                PolicyView agent = new PolicyView(PolicyViewSettings.ofAllPolicies(cluster.bootstrapServers()))) {
            Zombie zombie = Zombie.stopOneInMidStream(cluster, feed);
            SortedMap<String, QRow> table = cluster.assertEachAppliedOnce(feed);
            await().atMost(PATIENCE).untilAsserted(() -> assertFollows(agent, table));
            long end = endOfPolicy(cluster);

            zombie.goOn();

            await().atMost(PATIENCE).until(() -> endOfPolicy(cluster) > end);
            zombie.awaitLog("switched from RUNNING to (FAILED|CANCELING|CANCELED)");
            assertAllFromOlderEpochs(cluster, end, table);
            assertThat(RealCluster.announced(cluster.policy()))
                    .as("what a reader believes for whom the last record wins")
                    .isNotEqualTo(RealCluster.announced(table));
            assertFollows(agent, table);
            try (PolicyView latecomer = new PolicyView(PolicyViewSettings.ofAllPolicies(cluster.bootstrapServers()))) {
                latecomer.awaitCaughtUp(CATCH_UP);
                assertFollows(latecomer, table);
            }
        }
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
}

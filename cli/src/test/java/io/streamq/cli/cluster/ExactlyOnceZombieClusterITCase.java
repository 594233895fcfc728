package io.streamq.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamq.learning.QRow;
import io.streamq.schemas.Topics;
import java.time.Duration;
import java.util.SortedMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A TaskManager that hangs with records to send, is given up, and goes on: its transactions have ended without it. */
@Tag("long")
class ExactlyOnceZombieClusterITCase {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Test
    void zombieOfATaskManagerHasNothingToSayEvenToTheTopic() throws Exception {
        try (RealCluster cluster = Zombie.startCluster(
                        ExactlyOnceZombieClusterITCase.class, "--streamq.sink.delivery-guarantee=exactly-once");
                ExperienceFeed feed = new ExperienceFeed(cluster.bootstrapServers())) {
            Zombie zombie = Zombie.stopOneInMidStream(cluster, feed);
            SortedMap<String, QRow> table = cluster.assertEachAppliedOnce(feed);
            await().atMost(PATIENCE).untilAsserted(() -> RealCluster.assertTold(cluster.policy(), table));
            long last = lastOffset(cluster);

            zombie.goOn();

            // What Kafka's client says when it sends in a transaction that another has taken over.
            zombie.awaitLog("InvalidProducerEpochException|ProducerFencedException");
            assertThat(lastOffset(cluster)).isEqualTo(last);
            RealCluster.assertTold(cluster.policy(), table);
        }
    }

    /** Of any record, also one that no transaction commits; the topic has one partition. */
    private static long lastOffset(RealCluster cluster) {
        return cluster.records(Topics.POLICY, "read_uncommitted").stream()
                .mapToLong(ConsumerRecord::offset)
                .max()
                .orElseThrow();
    }
}

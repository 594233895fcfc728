package io.streamq.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.learning.QRow;
import java.util.SortedMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever a savepoint is restored into, the Q-table in the next one is the same, bit for bit, until something is learnt. */
class SavepointClusterITCase {
    @Test
    void tableSurvivesAnotherParallelismAndTheOtherStateBackendBitForBit() throws Exception {
        try (RealCluster cluster = RealCluster.start(SavepointClusterITCase.class, "--taskmanagers=1", "--slots=2");
                ExperienceFeed feed = learntFrom(cluster, 30_000)) {
            SortedMap<String, QRow> table = cluster.assertNothingLostAndNothingTwice(feed);

            rescale(cluster, 2, table);
            change(cluster, "rocksdb", 2, table);

            feed.send(10_000);
            cluster.assertNothingLostAndNothingTwice(feed);
        }
    }

    @Test
    @Tag("long")
    void tableSurvivesAllWaysBack() throws Exception {
        try (RealCluster cluster = RealCluster.start(SavepointClusterITCase.class, "--taskmanagers=2", "--slots=2");
                ExperienceFeed feed = learntFrom(cluster, 200_000)) {
            SortedMap<String, QRow> table = cluster.assertNothingLostAndNothingTwice(feed);
            for (int parallelism : new int[] {2, 4, 1}) {
                rescale(cluster, parallelism, table);
                feed.send(20_000);
                table = cluster.assertNothingLostAndNothingTwice(feed);
            }
            for (String backend : new String[] {"rocksdb", "hashmap"}) {
                change(cluster, backend, 2, table);
                feed.send(20_000);
                table = cluster.assertNothingLostAndNothingTwice(feed);
            }
        }
    }

    private static ExperienceFeed learntFrom(RealCluster cluster, int experiences) {
        cluster.submit("--parallelism=1");
        ExperienceFeed feed = new ExperienceFeed(cluster.bootstrapServers());
        feed.send(experiences);
        return feed;
    }

    private static void rescale(RealCluster cluster, int parallelism, SortedMap<String, QRow> table) throws Exception {
        assertThat(cluster.run("rescale", "--parallelism=" + parallelism)).contains("with parallelism " + parallelism);
        assertThat(cluster.status().at("/job/parallelism").asInt()).isEqualTo(parallelism);
        assertThat(RealCluster.table(cluster.run("savepoint"))).isEqualTo(table);
    }

    private static void change(RealCluster cluster, String backend, int parallelism, SortedMap<String, QRow> table)
            throws Exception {
        cluster.run("savepoint", "--stop");
        cluster.run("stop");
        cluster.run("start", "--state-backend=" + backend);
        cluster.submit("--parallelism=" + parallelism, "--from=latest");
        assertThat(cluster.status().get("stateBackend").asText()).isEqualTo(backend);
        assertThat(RealCluster.table(cluster.run("savepoint"))).isEqualTo(table);
    }
}

package io.streamq.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamq.learning.QRow;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.PolicyUpdate;
import io.streamq.schemas.Topics;
import io.streamq.schemas.WireFormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The policy topic in transactions, as a read_committed reader sees it, while all that takes part is killed. Rows are in RocksDB,
 * some of them in memory until the next checkpoint.
 */
class ExactlyOnceClusterITCase {
    private static final int PER_SECOND = 10_000;
    /** For some of a shard's rows: others come and go between checkpoints. */
    private static final String ROW_BUFFER = "16kb";

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static RealCluster cluster;
    private static ExperienceFeed feed;

    @BeforeAll
    static void start() throws IOException {
        cluster = RealCluster.start(
                ExactlyOnceClusterITCase.class,
                "--taskmanagers=2",
                "--slots=1",
                "--high-availability",
                "--state-backend=rocksdb");
        // All values are announced, so that each fault hits a transaction.
        cluster.submit(
                "--parallelism=2",
                "--streamq.job.row-buffer=" + ROW_BUFFER,
                "--streamq.sink.delivery-guarantee=exactly-once",
                "--streamq.emission.value-tolerance=0.001");
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
    void eachVersionIsReadOnceInOrderWhenATaskManagerIsKilled() throws Exception {
        feed.during(() -> killInMidStream("taskmanager-1"), PER_SECOND);
        assertTheTopicTellsTheTable();
    }

    @Test
    @Tag("long")
    void eachVersionIsReadOnceInOrderWhenTaskManagersJobManagerAndBrokerAreKilled() throws Exception {
        feed.during(
                () -> {
                    for (int kill = 0; kill < 4; kill++) {
                        killInMidStream("taskmanager-" + (1 + kill % 2));
                    }
                    killInMidStream("jobmanager");
                    killInMidStream("kafka");
                    killInMidStream("taskmanager-2");
                },
                PER_SECOND);
        assertTheTopicTellsTheTable();
    }

    private static void killInMidStream(String process) {
        cluster.awaitCheckpoint();
        cluster.kill(process);
        cluster.run("start");
        await().atMost(PATIENCE).until(() -> cluster.jobRuns());
        cluster.awaitCheckpoint();
    }

    private static void assertTheTopicTellsTheTable() throws Exception {
        SortedMap<String, QRow> table = cluster.assertEachAppliedOnce(feed);
        // A checkpoint that is complete is committed only then.
        await().atMost(PATIENCE).untilAsserted(() -> RealCluster.assertTold(cluster.policy(), table));
        assertThat(versionsAreReadOnceInOrder(cluster.records(Topics.POLICY)))
                .as("to a read_committed reader, the versions of each state are 1, 2, 3, ...")
                .isTrue();
        assertThat(versionsAreReadOnceInOrder(cluster.records(Topics.POLICY, "read_uncommitted")))
                .as("the same to another reader, though transactions were hit")
                .isFalse();
    }

    private static boolean versionsAreReadOnceInOrder(Iterable<ConsumerRecord<byte[], byte[]>> records)
            throws WireFormatException {
        AvroCodec<PolicyUpdate> codec = AvroCodec.policyUpdate();
        Map<String, PolicyUpdate> last = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> each : records) {
            PolicyUpdate update = codec.decode(each.value());
            PolicyUpdate before = last.put(new String(each.key(), StandardCharsets.UTF_8), update);
            boolean follows = before == null
                    ? update.getVersion() == 1
                    : update.getVersion() == before.getVersion() + 1 && update.getEpoch() >= before.getEpoch();
            if (!follows) {
                System.out.println(
                        "version " + update.getVersion() + " of epoch " + update.getEpoch() + " follows " + before);
                return false;
            }
        }
        return true;
    }
}

package io.streamq.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamq.schemas.Topics;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Three brokers, every partition on each of them: while experience streams in, those that lead are killed, or others elected. */
class MovedLeadersClusterITCase {
    private static final int PER_SECOND = 10_000;
    private static final int FEW_PER_SECOND = 2_000;
    private static final int BROKERS = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final List<String> TOPICS = List.of(Topics.EXPERIENCES, Topics.POLICY, Topics.DEAD_LETTERS);

    private static RealCluster cluster;
    private static ExperienceFeed feed;
    private static Admin admin;

    @BeforeAll
    static void start() throws IOException {
        cluster = RealCluster.start(
                MovedLeadersClusterITCase.class, "--brokers=" + BROKERS, "--taskmanagers=1", "--slots=2");
        cluster.submit("--parallelism=2");
        feed = new ExperienceFeed(cluster.bootstrapServers());
        admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()));
    }

    @AfterAll
    static void stop() {
        if (feed != null) {
            feed.close();
            admin.close();
        }
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void nothingIsLostAndNothingTwiceWhenTheLeaderOfExperienceIsKilled() throws Exception {
        feed.during(() -> killLeader(Topics.EXPERIENCES), FEW_PER_SECOND);
        cluster.assertNothingLostAndNothingTwice(feed);
    }

    @Test
    @Tag("long")
    void nothingIsLostAndNothingTwiceAfterManyMoves() throws Exception {
        startAgain();
        feed.during(
                () -> {
                    for (int round = 0; round < BROKERS; round++) {
                        for (String topic : TOPICS) {
                            int leader = killLeader(topic);
                            startAgain();
                            electPreferred();
                            assertThat(leaders().values()).contains(leader);
                            cluster.awaitCheckpoint();
                        }
                        handAllOver();
                    }
                },
                PER_SECOND);
        cluster.assertNothingLostAndNothingTwice(feed);
    }

    /** Until the job has gone on with another leader. */
    private static int killLeader(String topic) throws Exception {
        cluster.awaitCheckpoint();
        int leader = leaders().get(new TopicPartition(topic, 0));
        cluster.kill("kafka-" + leader);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(leaders().values())
                .doesNotContain(leader, Node.noNode().id()));
        cluster.awaitCheckpoint();
        return leader;
    }

    private static void startAgain() {
        cluster.run("start");
        await().atMost(PATIENCE).until(MovedLeadersClusterITCase::allAreInSync);
    }

    /** Makes another replica of each partition the preferred one, and that one lead. */
    private static void handAllOver() throws Exception {
        Map<TopicPartition, Integer> before = leaders();
        Map<TopicPartition, Optional<NewPartitionReassignment>> turned = new HashMap<>();
        partitions().forEach((partition, info) -> {
            List<Integer> replicas =
                    new ArrayList<>(info.replicas().stream().map(Node::id).toList());
            Collections.rotate(replicas, 1);
            turned.put(partition, Optional.of(new NewPartitionReassignment(replicas)));
        });
        admin.alterPartitionReassignments(turned).all().get();
        electPreferred();
        Map<TopicPartition, Integer> after = leaders();
        assertThat(after.keySet()).allSatisfy(partition -> assertThat(after.get(partition))
                .as("leader of %s", partition)
                .isNotEqualTo(before.get(partition)));
        cluster.awaitCheckpoint();
    }

    private static void electPreferred() throws Exception {
        admin.electLeaders(ElectionType.PREFERRED, null).partitions().get();
        await().atMost(PATIENCE).untilAsserted(() -> partitions().forEach((partition, info) -> assertThat(info.leader())
                .as("leader of %s", partition)
                .isEqualTo(info.replicas().get(0))));
    }

    private static boolean allAreInSync() throws ExecutionException, InterruptedException {
        return partitions().values().stream().allMatch(info -> info.isr().size() == BROKERS);
    }

    private static Map<TopicPartition, Integer> leaders() throws ExecutionException, InterruptedException {
        Map<TopicPartition, Integer> leaders = new HashMap<>();
        partitions()
                .forEach((partition, info) -> leaders.put(
                        partition,
                        info.leader() == null
                                ? Node.noNode().id()
                                : info.leader().id()));
        return leaders;
    }

    private static Map<TopicPartition, TopicPartitionInfo> partitions()
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, TopicPartitionInfo> partitions = new HashMap<>();
        admin.describeTopics(TOPICS).allTopicNames().get().forEach((topic, description) -> description
                .partitions()
                .forEach(info -> partitions.put(new TopicPartition(topic, info.partition()), info)));
        return partitions;
    }
}

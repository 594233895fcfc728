package io.streamq.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamq.schemas.Topics;
import java.io.IOException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A broker that is away for a minute while experience streams in. */
@Tag("long")
class BrokerOutageClusterITCase {
    private static final int PER_SECOND = 10_000;
    private static final Duration OUTAGE = Duration.ofMinutes(1);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Test
    void clientsOutwaitABrokerThatIsDownForAMinute() throws Exception {
        // What waits for its interval is announced when the broker is gone, and its clients have forgotten all topics.
        try (RealCluster cluster = start();
                ExperienceFeed feed = submitAndFeed(
                        cluster, "--streamq.emission.minimum-interval=1s", "--streamq.emission.value-tolerance=0")) {
            feed.during(() -> takeTheBrokerAway(cluster), PER_SECOND);
            assertThat(restarts(cluster)).isZero();
            cluster.assertNothingLostAndNothingTwice(feed);
        }
    }

    @Test
    void jobWhoseClientsGiveUpRestartsUntilTheBrokerIsBack() throws Exception {
        try (RealCluster cluster = start();
                ExperienceFeed feed = submitAndFeed(
                        cluster,
                        "--streamq.kafka.client.delivery.timeout.ms=10000",
                        "--streamq.kafka.client.request.timeout.ms=5000")) {
            feed.during(() -> takeTheBrokerAway(cluster), PER_SECOND);
            assertThat(restarts(cluster)).isPositive();
            cluster.assertNothingLostAndNothingTwice(feed);
        }
    }

    @Test
    void jobIsRecoveredByANewJobManagerThatFindsNoBrokerAtFirst() throws Exception {
        try (RealCluster cluster = start("--high-availability");
                ExperienceFeed feed = submitAndFeed(cluster)) {
            String job = cluster.jobId();
            feed.during(
                    () -> {
                        cluster.awaitCheckpoint();
                        cluster.kill("kafka");
                        cluster.kill("jobmanager");
                        cluster.launch("jobmanager");
                        await().atMost(PATIENCE).until(() -> cluster.status().hasNonNull("job"));
                        wait(OUTAGE);
                        cluster.run("start");
                        cluster.awaitCheckpoint();
                    },
                    PER_SECOND);
            assertThat(cluster.jobId()).isEqualTo(job);
            cluster.assertNothingLostAndNothingTwice(feed);
        }
    }

    private static RealCluster start(String... options) throws IOException {
        return RealCluster.start(BrokerOutageClusterITCase.class, options);
    }

    private static ExperienceFeed submitAndFeed(RealCluster cluster, String... options) {
        cluster.submit(options);
        ExperienceFeed feed = new ExperienceFeed(cluster.bootstrapServers());
        // A producer waits for a broker that it has seen, but not for long to learn where its topic is.
        feed.send(1_000);
        await().atMost(PATIENCE).until(() -> Stream.of(Topics.POLICY, Topics.DEAD_LETTERS)
                .noneMatch(topic -> cluster.records(topic).isEmpty()));
        return feed;
    }

    private static void takeTheBrokerAway(RealCluster cluster) {
        cluster.awaitCheckpoint();
        cluster.kill("kafka");
        wait(OUTAGE);
        cluster.run("start");
        cluster.awaitCheckpoint();
    }

    private static void wait(Duration time) {
        await().pollDelay(time).atMost(time.multipliedBy(2)).until(() -> true);
    }

    private static long restarts(RealCluster cluster) {
        return cluster.status().at("/job/restarts").asLong();
    }
}

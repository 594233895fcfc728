package io.streamq.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Flink's adaptive scheduler gives the job as many slots as there are, up to what it asked for, and nobody rescales by hand. */
class AdaptiveSchedulerClusterITCase {
    private static final int PER_SECOND = 10_000;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @Test
    void nothingIsLostAndNothingTwiceWhenATaskManagerLeavesAndAnotherJoins() throws Exception {
        try (RealCluster cluster = RealCluster.start(
                AdaptiveSchedulerClusterITCase.class,
                "--taskmanagers=2",
                "--slots=1",
                "-D",
                "jobmanager.scheduler=adaptive",
                "-D",
                "jobmanager.adaptive-scheduler.submission.resource-stabilization-timeout=1s",
                "-D",
                "jobmanager.adaptive-scheduler.executing.resource-stabilization-timeout=1s",
                "-D",
                "jobmanager.adaptive-scheduler.executing.cooldown-after-rescaling=1s")) {
            cluster.submit("--parallelism=2");
            String job = cluster.jobId();
            try (ExperienceFeed feed = new ExperienceFeed(cluster.bootstrapServers())) {
                feed.during(
                        () -> {
                            awaitParallelism(cluster, 2);
                            cluster.kill("taskmanager-1");
                            awaitParallelism(cluster, 1);
                            cluster.run("start");
                            awaitParallelism(cluster, 2);
                        },
                        PER_SECOND);
                assertThat(cluster.jobId()).isEqualTo(job);
                Map<Integer, String> places = cluster.placesOf("learn");
                assertThat(new HashSet<>(places.values())).as("%s", places).hasSize(2);
                assertThat(cluster.placesOf("bootstrap")).isEqualTo(places);
                cluster.assertNothingLostAndNothingTwice(feed);
            }
        }
    }

    /** And another checkpoint, so that there is something to lose. */
    private static void awaitParallelism(RealCluster cluster, int parallelism) {
        await().atMost(PATIENCE)
                .until(() -> cluster.jobRuns()
                        && cluster.status().at("/job/parallelism").asInt() == parallelism);
        cluster.awaitCheckpoint();
    }
}

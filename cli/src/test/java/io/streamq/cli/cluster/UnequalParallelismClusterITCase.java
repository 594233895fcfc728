package io.streamq.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamq.cli.program.ExitCodes;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the autoscaler of Kubernetes does to jobs whose vertices it was not told to spare. */
class UnequalParallelismClusterITCase {
    private static final int PER_SECOND = 2_000;

    @Test
    void jobThatIsRescaledUnequallyEndsWithASentenceInsteadOfLearningWrongly() throws Exception {
        try (RealCluster cluster = RealCluster.start(
                UnequalParallelismClusterITCase.class,
                "--taskmanagers=1",
                "--slots=2",
                "-D",
                "jobmanager.scheduler=adaptive",
                "-D",
                "jobmanager.adaptive-scheduler.submission.resource-stabilization-timeout=1s",
                "-D",
                "jobmanager.adaptive-scheduler.executing.cooldown-after-rescaling=1s")) {
            cluster.submit("--parallelism=2");
            try (ExperienceFeed feed = new ExperienceFeed(cluster.bootstrapServers())) {
                feed.send(20_000);
                assertThat(cluster.assertEachAppliedOnce(feed)).hasSize(ExperienceFeed.STATES);
                String savepoint = cluster.run("savepoint", "--stop");
                cluster.submit(
                        "--from=" + savepoint, "--parallelism=2", "--streamq.policy.initial-q=" + RealCluster.FAR_OFF);
                feed.during(() -> rescaleUnequallyAndAwaitTheSentence(cluster), PER_SECOND);
            }
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> cluster.status().at("/job/state").asText().equals("FAILED"));
            assertThat(cluster.invoke("status").exitCode()).isEqualTo(ExitCodes.FAILED);
            cluster.assertNoAnnouncedValueIsFarOff();
        }
    }

    private static void rescaleUnequallyAndAwaitTheSentence(RealCluster cluster) throws Exception {
        cluster.awaitCheckpoint();
        String requirements = "/jobs/" + cluster.jobId() + "/resource-requirements";
        JsonNode unequal = cluster.flink().get(requirements);
        ObjectNode parallelism =
                (ObjectNode) unequal.get(cluster.vertexOf("learn")).get("parallelism");
        parallelism.put("lowerBound", 1).put("upperBound", 1);
        cluster.flink().put(requirements, unequal);
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(
                        cluster.status().at("/job/failure").asText())
                .contains("parallelism 2 and 1", "streamq.job.parallelism", "exclude bootstrap, learn and replica"));
    }
}

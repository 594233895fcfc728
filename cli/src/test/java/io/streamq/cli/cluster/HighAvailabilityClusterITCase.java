package io.streamq.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamq.cli.Invocation;
import io.streamq.cli.program.ExitCodes;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What high availability keeps of a job while its cluster is stopped. */
class HighAvailabilityClusterITCase {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @Test
    void aJobThatComesBackToTooFewSlotsIsNotWellAndNoneIsKeptWithoutHighAvailability() throws Exception {
        try (RealCluster cluster = RealCluster.start(
                HighAvailabilityClusterITCase.class, "--high-availability", "--taskmanagers=2", "--slots=1")) {
            cluster.submit("--parallelism=2");
            cluster.awaitCheckpoint();
            String job = cluster.jobId();
            cluster.run("stop");
            assertThat(cluster.folder().zooKeeper()).exists();
            assertThat(cluster.folder().highAvailability()).exists();

            cluster.run("start", "--taskmanagers=1");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(cluster.invoke("status").out())
                            .contains("Job        " + job + " is RUNNING, but not all its tasks run, parallelism 2"));
            assertThat(cluster.invoke("status").exitCode()).isEqualTo(ExitCodes.FAILED);
            cluster.run("start", "--taskmanagers=2");
            await().atMost(PATIENCE).until(() -> cluster.invoke("status").exitCode() == ExitCodes.DONE);
            assertThat(cluster.run("status")).contains("Job        " + job + " is RUNNING, parallelism 2");
            cluster.run("stop");

            assertThat(cluster.run("start", "--no-high-availability"))
                    .contains("Removed what high availability kept", "submit --from latest");
            assertThat(cluster.folder().zooKeeper()).doesNotExist();
            assertThat(cluster.folder().highAvailability()).doesNotExist();
            Invocation status = cluster.invoke("status");
            assertThat(status.exitCode()).isEqualTo(ExitCodes.FAILED);
            assertThat(status.out()).contains("Job        " + job + " is GONE");
            assertThat(cluster.folder().newestSnapshot()).isPresent();
        }
    }
}

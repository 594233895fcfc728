package io.streamq.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.cli.Invocation;
import io.streamq.cli.program.ExitCodes;
import org.junit.jupiter.api.Test;

/** What high availability keeps of a job while its cluster is stopped. */
class HighAvailabilityClusterITCase {
    @Test
    void aJobIsNotKeptBesideAClusterWithoutHighAvailability() throws Exception {
        try (RealCluster cluster = RealCluster.start(
                HighAvailabilityClusterITCase.class, "--high-availability", "--taskmanagers=2", "--slots=1")) {
            cluster.submit("--parallelism=2");
            cluster.awaitCheckpoint();
            String job = cluster.jobId();
            cluster.run("stop");
            assertThat(cluster.folder().zooKeeper()).exists();
            assertThat(cluster.folder().highAvailability()).exists();

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

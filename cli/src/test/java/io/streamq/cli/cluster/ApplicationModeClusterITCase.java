package io.streamq.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamq.cli.topics.TopicsCommand;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The job as compose file and Kubernetes run it: the JobManager runs its main method, and is started again whenever it ends. */
@Tag("long")
class ApplicationModeClusterITCase {
    private static final int PER_SECOND = 10_000;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Its main method ends with a sentence as long as there is no broker; high availability keeps the job for the next one. */
    @Test
    void jobIsRecoveredThoughTheMainMethodFailsAsLongAsThereIsNoBroker() throws Exception {
        try (RealCluster cluster = RealCluster.start(
                ApplicationModeClusterITCase.class, "--taskmanagers=2", "--slots=1", "--high-availability")) {
            TopicsCommand.createDefaults(cluster.bootstrapServers(), 8);
            cluster.kill("jobmanager");
            try (Supervised jobManager = new Supervised(command(cluster));
                    ExperienceFeed feed = new ExperienceFeed(cluster.bootstrapServers())) {
                await().atMost(PATIENCE).ignoreExceptions().until(cluster::jobRuns);
                String job = cluster.jobId();
                feed.during(
                        () -> {
                            cluster.awaitCheckpoint();
                            cluster.kill("kafka");
                            jobManager.kill();
                            // Killed once, and then ended by its main method.
                            await().atMost(PATIENCE).until(() -> jobManager.failures() >= 3);
                            cluster.launch("kafka");
                            cluster.awaitCheckpoint();
                        },
                        PER_SECOND);
                assertThat(cluster.jobId()).isEqualTo(job);
                cluster.assertNothingLostAndNothingTwice(feed);
            }
        }
    }

    private static List<String> command(RealCluster cluster) throws Exception {
        ClusterFolder folder = cluster.folder();
        ClusterSettings settings = Cluster.in(folder).settings();
        Distribution distribution = Distribution.ofThisCommand();
        Path tests = Path.of(ApplicationProcess.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                new FlinkSettings(folder, settings).jobManagerJvm(folder.logs().resolve("application.log")));
        command.addAll(List.of(
                "-cp",
                distribution.flinkClassPath() + File.pathSeparator + tests,
                ApplicationProcess.class.getName(),
                folder.conf().toString(),
                distribution.jobJar().toString(),
                "--bootstrap-servers=" + cluster.bootstrapServers(),
                "--streamq.policy.actions=" + ExperienceFeed.ACTIONS,
                "--streamq.job.checkpoint-interval=1s",
                "--streamq.job.parallelism=2"));
        return command;
    }

    /** A process that is started again whenever it fails, as 'restart: on-failure' of a compose file does. */
    private static final class Supervised implements AutoCloseable {
        private final ProcessBuilder builder;
        private final AtomicInteger failures = new AtomicInteger();
        private Process process;
        private boolean closed;

        Supervised(List<String> command) throws IOException {
            builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD);
            start();
        }

        private synchronized void start() throws IOException {
            process = builder.start();
            Future<?> unused = process.onExit().thenAccept(this::startAgain);
        }

        private synchronized void startAgain(Process ended) {
            if (closed || ended.exitValue() == 0) {
                return;
            }
            failures.incrementAndGet();
            try {
                start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        int failures() {
            return failures.get();
        }

        synchronized void kill() {
            process.destroyForcibly();
        }

        @Override
        public synchronized void close() {
            closed = true;
            process.destroyForcibly();
        }
    }
}

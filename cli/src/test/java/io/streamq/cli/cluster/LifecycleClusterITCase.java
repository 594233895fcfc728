package io.streamq.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamq.cli.Invocation;
import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.program.ProcessState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.runtime.metrics.MetricNames;
import org.junit.jupiter.api.Test;

class LifecycleClusterITCase {
    /** The REST API asks for metrics every ten seconds. */
    private static final Duration METRICS = Duration.ofSeconds(60);

    @Test
    void clusterStartsOnceAndStopsWithoutATrace() throws Exception {
        try (RealCluster cluster = RealCluster.start(
                LifecycleClusterITCase.class,
                "--taskmanagers=1",
                "--slots=1",
                "-Denv.java.opts.jobmanager=-Dof.manager=1",
                "-Denv.java.opts.taskmanager=-Dof.worker=1 -Dof.worker=2")) {
            Map<String, ProcessHandle> processes = cluster.processes();
            assertThat(processes).containsOnlyKeys("kafka", "jobmanager", "taskmanager-1");
            assertThatEachHasTheJvmOptionsThatFlinksSettingsName(processes);
            assertThat(cluster.invoke("status").exitCode()).isEqualTo(ExitCodes.DONE);
            assertThat(cluster.status().get("processes"))
                    .allSatisfy(process ->
                            assertThat(Path.of(process.get("log").asText())).isNotEmptyFile());

            assertThat(cluster.run("start")).contains("nothing was started");
            assertThat(cluster.processes()).isEqualTo(processes);

            Invocation other = cluster.invoke("start", "--slots=3");
            assertThat(other.exitCode()).isEqualTo(ExitCodes.FAILED);
            assertThat(other.err()).contains("runs with --slots 1", "streamq cluster stop");

            Invocation tooMuch =
                    cluster.invoke("submit", "--create-topics", "--streamq.policy.actions=2", "--parallelism=2");
            assertThat(tooMuch.exitCode()).isEqualTo(ExitCodes.FAILED);
            assertThat(tooMuch.err()).contains("parallelism 2", "the cluster has 1", "--taskmanagers");

            Invocation noTopics = cluster.invoke("submit", "--streamq.policy.actions=2");
            assertThat(noTopics.exitCode()).isEqualTo(ExitCodes.FAILED);
            assertThat(noTopics.err()).contains("streamq topics create");

            cluster.run("stop");
            assertThat(processes.values()).noneMatch(ProcessState::isRunning);
            assertThat(cluster.run("stop")).isEqualTo("Nothing was running.");
            assertThat(cluster.folder().savepoints()).exists();
            assertThat(cluster.run("stop", "--clean")).contains("Removed");
            assertThat(cluster.folder().root()).doesNotExist();
        }
    }

    private static void assertThatEachHasTheJvmOptionsThatFlinksSettingsName(Map<String, ProcessHandle> processes) {
        assertThat(processes.get("jobmanager").info().arguments().orElseThrow())
                .contains("-Dof.manager=1")
                .doesNotContain("-Dof.worker=1");
        assertThat(processes.get("taskmanager-1").info().arguments().orElseThrow())
                .containsSubsequence("-Dof.worker=1", "-Dof.worker=2");
    }

    @Test
    void aJobThatANewJobManagerDoesNotKnowIsMissedAndGoneOnWith() throws Exception {
        String[] job = {"--streamq.policy.actions=2", "--streamq.job.checkpoint-interval=300ms"};
        try (RealCluster cluster = RealCluster.start(LifecycleClusterITCase.class, "--taskmanagers=1", "--slots=1")) {
            cluster.run("submit", with(job, "--create-topics"));
            await().until(() -> cluster.folder().newestSnapshot().isPresent());
            cluster.run("stop");
            cluster.run("start");
            Invocation status = cluster.invoke("status");
            assertThat(status.exitCode()).isEqualTo(ExitCodes.FAILED);
            assertThat(status.out()).contains(" is GONE", "submit --from latest");

            assertThat(cluster.run("submit", with(job, "--from=latest"))).contains(", from file:");
            assertThat(cluster.invoke("status").exitCode()).isEqualTo(ExitCodes.DONE);
            assertThatAJobThatWasNotSubmittedHereIsNotRescaled(cluster);
            cluster.run("savepoint", "--stop");
            assertThat(cluster.folder().job())
                    .as("a job that was stopped, which nobody misses")
                    .doesNotExist();

            cluster.run("submit", with(job, "--streamq.source.end=LATEST"));
            await().until(() -> cluster.flink().jobs().get(0).state(), "FINISHED"::equals);
            assertThat(cluster.folder().job()).exists();
            cluster.run("stop");
            cluster.run("start");
            assertThat(cluster.run("status"))
                    .as("nobody misses a job that came to its end")
                    .contains("Job        none");

            cluster.run("submit", with(job, "--streamq.source.end=LATEST"));
            await().until(() -> cluster.run("status"), told -> told.contains(" is FINISHED"));
            assertThat(cluster.folder().job()).doesNotExist();
        }
    }

    /** Of the job's own metrics nothing is left then, so that no alarm on them is raised. */
    @Test
    void theJobManagerTellsThatNoJobRuns() throws Exception {
        try (RealCluster cluster = RealCluster.start(LifecycleClusterITCase.class, "--taskmanagers=1", "--slots=1")) {
            cluster.run("submit", "--create-topics", "--streamq.policy.actions=2");
            await().atMost(METRICS).until(() -> runningJobs(cluster), "1"::equals);
            cluster.run("savepoint", "--stop");
            await().atMost(METRICS).until(() -> runningJobs(cluster), "0"::equals);
        }
    }

    private static String runningJobs(RealCluster cluster) throws InterruptedException {
        return cluster.flink()
                .get("/jobmanager/metrics?get=" + MetricNames.NUM_RUNNING_JOBS)
                .at("/0/value")
                .asText();
    }

    /** As one that somebody brought there by 'flink run', whose options may be others. */
    private static void assertThatAJobThatWasNotSubmittedHereIsNotRescaled(RealCluster cluster) {
        Path file = cluster.folder().job();
        SubmittedJob submitted = JsonFile.read(file, SubmittedJob.class).orElseThrow();
        String active = cluster.jobId();
        JsonFile.write(file, new SubmittedJob("another", 1, List.of("--streamq.policy.actions=4")));

        Invocation rescale = cluster.invoke("rescale", "--parallelism=1");
        assertThat(rescale.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(rescale.err())
                .contains(
                        "job " + active + " is RUNNING",
                        "only the options of job another are known",
                        "streamq cluster savepoint --stop")
                .hasLineCount(1);
        assertThat(cluster.jobId()).isEqualTo(active);
        assertThat(cluster.status().at("/job/state").asText()).isEqualTo("RUNNING");

        JsonFile.write(file, submitted);
    }

    private static String[] with(String[] job, String option) {
        return Stream.concat(Stream.of(job), Stream.of(option)).toArray(String[]::new);
    }

    @Test
    void classPathOfFlinkHoldsNeitherStreamqNorKafka() throws Exception {
        List<String> jars =
                List.of(Distribution.ofThisCommand().flinkClassPath().split(":"));
        assertThat(jars).isNotEmpty().noneMatch(jar -> jar.matches(".*/(streamq-|kafka|flink-connector-kafka).*"));
    }
}

package io.streamq.cli.job;

import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.program.FlinkPaths;
import io.streamq.job.StreamQJob;
import io.streamq.job.kafka.KafkaPreflight;
import io.streamq.job.kafka.PolicyCatalog;
import io.streamq.job.options.JobOptions;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;

/** The job in a MiniCluster of this JVM: the real runtime, its JobManager and its TaskManager as threads. */
public final class LocalJob implements AutoCloseable {
    private static final int CLOSE_SECONDS = 3;
    private static final int START_POLL_MILLIS = 50;

    private final MiniCluster cluster;
    private final JobID id;
    private final JobMetrics metrics;

    private LocalJob(MiniCluster cluster, JobID id, JobMetrics metrics) {
        this.cluster = cluster;
        this.id = id;
        this.metrics = metrics;
    }

    /**
     * Starts the job.
     *
     * @param flink further settings of Flink, which override those made here
     * @param workFolder for Flink's temporary files and, unless {@code flink} says otherwise, checkpoints
     * @throws CommandFailure if it cannot be started
     */
    public static LocalJob start(JobOptions options, Configuration flink, Path workFolder) throws InterruptedException {
        Configuration settings = new Configuration(flink);
        // The default, too, for the job to know it: elsewhere a cluster may have another.
        settings.set(StateBackendOptions.STATE_BACKEND, flink.get(StateBackendOptions.STATE_BACKEND));
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(settings);
        int parallelism =
                options.parallelism() == null ? flink.get(CoreOptions.DEFAULT_PARALLELISM) : options.parallelism();
        environment.setParallelism(parallelism);
        try {
            StreamQJob.define(environment, options, PolicyCatalog.read(options));
        } catch (KafkaPreflight.NotReadyException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
        return start(environment, flink, parallelism, workFolder);
    }

    /**
     * Starts any job, whose metrics are then read as if it were StreamQ's.
     *
     * @param environment where the job is defined
     * @throws CommandFailure if it cannot be started
     */
    public static LocalJob start(
            StreamExecutionEnvironment environment, Configuration flink, int slots, Path workFolder)
            throws InterruptedException {
        Configuration settings = settings(flink, workFolder);
        JobMetrics metrics = JobMetrics.of(settings);
        try {
            environment.configure(settings);
            StreamGraph graph = environment.getStreamGraph();
            graph.setJobName(StreamQJob.NAME);
            return start(graph, settings, slots, metrics);
        } catch (InterruptedException | RuntimeException e) {
            metrics.close();
            throw e;
        }
    }

    private static LocalJob start(StreamGraph graph, Configuration settings, int slots, JobMetrics metrics)
            throws InterruptedException {
        MiniCluster cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(settings)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(slots)
                .build());
        try {
            cluster.start();
            JobID id = cluster.submitJob(graph).get().getJobID();
            return new LocalJob(cluster, id, metrics);
        } catch (InterruptedException e) {
            shutDownThoughInterrupted(cluster);
            throw e;
        } catch (Exception e) {
            shutDownThoughInterrupted(cluster);
            throw new CommandFailure("Flink did not start the job (" + rootOf(e) + ")", e);
        }
    }

    private static Configuration settings(Configuration flink, Path workFolder) {
        Configuration settings = new Configuration();
        settings.set(RestOptions.BIND_PORT, "0");
        settings.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
        settings.set(RestOptions.ADDRESS, "127.0.0.1");
        settings.set(CoreOptions.TMP_DIRS, workFolder.toString());
        settings.set(WebOptions.UPLOAD_DIR, workFolder.toString());
        settings.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, FlinkPaths.of(workFolder.resolve("checkpoints")));
        settings.addAll(flink);
        return settings;
    }

    public JobMetrics metrics() {
        return metrics;
    }

    /**
     * Waits until the job is RUNNING; its tasks may still be deploying.
     *
     * @throws CommandFailure if the job failed before
     */
    public void awaitRunning() throws InterruptedException {
        while (status() != JobStatus.RUNNING && !hasFinished()) {
            Thread.sleep(START_POLL_MILLIS);
        }
    }

    /** Flink writes no savepoint before all tasks run: one may still be opening when another has finished. */
    private void awaitTasks() throws InterruptedException {
        awaitRunning();
        while (!tasksRun() && !hasFinished()) {
            Thread.sleep(START_POLL_MILLIS);
        }
    }

    /** Whether each task runs or has finished its input. */
    private boolean tasksRun() throws InterruptedException {
        try {
            for (AccessExecutionVertex task :
                    cluster.getExecutionGraph(id).get().getAllExecutionVertices()) {
                ExecutionState state = task.getExecutionState();
                if (state != ExecutionState.RUNNING && state != ExecutionState.FINISHED) {
                    return false;
                }
            }
            return true;
        } catch (ExecutionException e) {
            throw new CommandFailure("Flink does not report the state of the tasks (" + rootOf(e) + ")", e);
        }
    }

    private JobStatus status() throws InterruptedException {
        try {
            return cluster.getJobStatus(id).get();
        } catch (ExecutionException e) {
            throw new CommandFailure("Flink does not report the state of the job (" + rootOf(e) + ")", e);
        }
    }

    /**
     * Writes a savepoint without stopping the job, once all of its tasks run.
     *
     * @return its folder, inside {@code folder}
     * @throws CommandFailure if Flink does not write it, or the job failed before
     */
    public Path savepoint(Path folder) throws InterruptedException {
        awaitTasks();
        try {
            String location = cluster.triggerSavepoint(id, FlinkPaths.of(folder), false, SavepointFormatType.CANONICAL)
                    .get();
            return FlinkPaths.local(location);
        } catch (ExecutionException e) {
            throw new CommandFailure("Flink did not write a savepoint to " + folder + " (" + rootOf(e) + ")", e);
        }
    }

    /**
     * Throws if the job has failed.
     *
     * @return whether the job ended
     */
    public boolean hasFinished() throws InterruptedException {
        if (!status().isGloballyTerminalState()) {
            return false;
        }
        JobResult result = result();
        result.getSerializedThrowable().ifPresent(failure -> {
            Throwable cause = failure.deserializeError(LocalJob.class.getClassLoader());
            throw new CommandFailure("the job failed and was not restarted: " + rootOf(cause), cause);
        });
        return true;
    }

    /**
     * Throws if the job ended, or restarted: its counters restarted too, and waiting for them to reach a number could last for
     * ever.
     */
    public void requireUnbroken() throws InterruptedException {
        if (hasFinished()) {
            throw new CommandFailure("the job ended before the experience did");
        }
        if (metrics.hasRestarted()) {
            throw new CommandFailure(
                    "the job restarted (was this computer suspended?), so its counts begin anew: run the"
                            + " command again");
        }
    }

    private JobResult result() throws InterruptedException {
        try {
            return cluster.requestJobResult(id).get();
        } catch (ExecutionException e) {
            throw new CommandFailure("Flink does not report how the job ended (" + rootOf(e) + ")", e);
        }
    }

    private static String rootOf(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }

    /** Stops the job and Flink, within seconds; waits for that even if interrupted, and keeps the interrupt flag. */
    @Override
    public void close() {
        metrics.close();
        // An interrupted thread cannot wait for tasks to end, and they must: the caller removes their folder next.
        boolean interrupted = Thread.interrupted();
        try {
            cluster.cancelJob(id).get(CLOSE_SECONDS, TimeUnit.SECONDS);
            cluster.requestJobResult(id).get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // The job had ended, or cannot be cancelled; closing the cluster ends it either way.
        } catch (InterruptedException e) {
            interrupted = true;
        }
        shutDownThoughInterrupted(cluster);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void shutDownThoughInterrupted(MiniCluster cluster) {
        boolean interrupted = Thread.interrupted();
        try {
            cluster.closeAsync().get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // Its threads are daemons or end with the JVM; nothing more can be done.
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

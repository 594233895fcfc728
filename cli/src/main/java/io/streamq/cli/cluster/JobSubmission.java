package io.streamq.cli.cluster;

import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.topics.TopicsCommand;
import io.streamq.job.kafka.KafkaPreflight;
import io.streamq.job.options.InvalidOptionsException;
import io.streamq.job.options.JobArguments;
import io.streamq.job.options.JobOptions;
import io.streamq.job.options.StreamQOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Submits the job to a cluster. */
final class JobSubmission {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int EXPERIENCE_PARTITIONS = 8;
    private static final String SHORT_BOOTSTRAP_SERVERS = "--bootstrap-servers";

    private final Cluster cluster;
    private final FlinkRest flink;

    JobSubmission(Cluster cluster) {
        this.cluster = cluster;
        this.flink = cluster.flink();
    }

    /**
     * The options that the job will have.
     *
     * @param given arguments of the job
     * @throws InvalidOptionsException naming all that is wrong
     */
    JobOptions options(List<String> given, @Nullable Integer parallelism) {
        return JobOptions.of(JobArguments.parse(complete(given, parallelism)));
    }

    /** The parallelism of options from {@link #options}, which always sets it. */
    static int parallelism(JobOptions options) {
        return Objects.requireNonNull(options.parallelism(), StreamQOptions.PARALLELISM.key());
    }

    /** All that is wrong with the options, as a usage error. */
    static ParameterException usageError(CommandSpec command, InvalidOptionsException wrong) {
        return new ParameterException(
                command.commandLine(), String.join(System.lineSeparator() + "streamq: ", wrong.violations()), wrong);
    }

    /** The arguments, completed from the cluster. */
    private List<String> complete(List<String> given, @Nullable Integer parallelism) {
        List<String> arguments = new ArrayList<>();
        for (String argument : given) {
            arguments.add(
                    argument.equals("-b") || argument.equals(SHORT_BOOTSTRAP_SERVERS)
                            ? "--" + StreamQOptions.BOOTSTRAP_SERVERS.key()
                            : argument);
        }
        Map<String, String> known = JobArguments.parse(arguments);
        if (cluster.settings().kafka() && !known.containsKey(StreamQOptions.BOOTSTRAP_SERVERS.key())) {
            arguments.add("--" + StreamQOptions.BOOTSTRAP_SERVERS.key() + "="
                    + cluster.settings().kafkaAddress());
        }
        if (parallelism != null) {
            arguments.add("--" + StreamQOptions.PARALLELISM.key() + "=" + parallelism);
        } else if (!known.containsKey(StreamQOptions.PARALLELISM.key())) {
            arguments.add("--" + StreamQOptions.PARALLELISM.key() + "="
                    + cluster.settings().defaultParallelism());
        }
        return arguments;
    }

    /** Creates the topics that are missing. */
    static void createTopics(JobOptions options) {
        TopicsCommand.createDefaults(
                options.kafka().bootstrapServers(), options.kafka().client(), EXPERIENCE_PARTITIONS);
    }

    /**
     * The job that runs or tries to, if there is one.
     *
     * @throws CommandFailure if no JobManager answers
     */
    Optional<FlinkRest.Job> active() throws InterruptedException {
        return flink.jobs().stream().filter(job -> !job.hasEnded()).findFirst();
    }

    /**
     * The job that runs or tries to.
     *
     * @throws CommandFailure if there is none, or no JobManager answers
     */
    FlinkRest.Job requireActive() throws InterruptedException {
        return active().orElseThrow(
                        () -> new CommandFailure("no job runs on the cluster; 'streamq cluster submit' starts one"));
    }

    /** Fails if the job would wait for slots that do not exist. */
    void requireSlots(int parallelism) throws InterruptedException {
        int slots = flink.overview().map(FlinkRest.Overview::slots).orElse(0);
        if (parallelism > slots) {
            throw new CommandFailure(
                    "parallelism " + parallelism + " needs as many slots, but the cluster has " + slots
                            + "; give a lower --parallelism, or more TaskManagers with: streamq cluster start --taskmanagers N");
        }
    }

    /**
     * Submits the job and waits until all its tasks run.
     *
     * @param snapshot savepoint or checkpoint to restore
     * @throws CommandFailure if Kafka is not ready or the job fails
     */
    SubmittedJob submit(List<String> given, @Nullable Integer parallelism, @Nullable String snapshot)
            throws InterruptedException {
        JobOptions options = options(given, parallelism);
        try {
            KafkaPreflight.check(options);
        } catch (KafkaPreflight.NotReadyException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
        String id = flink.run(Distribution.ofThisCommand().jobJar(), complete(given, parallelism), snapshot);
        SubmittedJob job = new SubmittedJob(id, parallelism(options), withoutParallelism(given));
        JsonFile.write(cluster.folder().job(), job);
        awaitTasks(id);
        return job;
    }

    /** The arguments for a resubmission with another parallelism. */
    private static List<String> withoutParallelism(List<String> given) {
        String option = "--" + StreamQOptions.PARALLELISM.key();
        List<String> others = new ArrayList<>();
        for (int i = 0; i < given.size(); i++) {
            if (given.get(i).equals(option)) {
                i++;
            } else if (!given.get(i).startsWith(option + "=")) {
                others.add(given.get(i));
            }
        }
        return others;
    }

    private void awaitTasks(String id) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!flink.allTasksRun(id)) {
            String state = flink.job(id).get("state").asText();
            if (state.equals("FINISHED")) {
                return;
            }
            if (state.equals("FAILED") || state.equals("CANCELED")) {
                throw new CommandFailure("the job has " + (state.equals("FAILED") ? "failed: " : "been canceled: ")
                        + flink.lastFailure(id)
                                .orElse("see the logs in " + cluster.folder().logs()));
            }
            if (System.nanoTime() - deadline > 0) {
                throw new CommandFailure("the job was submitted and is " + state + ", but not all its tasks run after "
                        + PATIENCE.toSeconds() + " s"
                        + flink.lastFailure(id).map(failure -> ": " + failure).orElse("")
                        + "; 'streamq cluster status' shows how it is doing");
            }
            Thread.sleep(POLL.toMillis());
        }
    }
}

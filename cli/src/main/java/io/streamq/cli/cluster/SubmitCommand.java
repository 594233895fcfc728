package io.streamq.cli.cluster;

import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.program.FlinkPaths;
import io.streamq.cli.terminal.Style;
import io.streamq.cli.terminal.Terminal;
import io.streamq.job.options.InvalidOptionsException;
import io.streamq.job.options.JobOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code streamq cluster submit}. */
@Command(
        name = "submit",
        description = {
            "Runs the job on the cluster, from the same jar as 'flink run' would. Returns when all its tasks run.",
            "",
            "Takes every option of the job as --streamq.x.y=VALUE (docs/configuration.md lists them;"
                    + " streamq.policy.actions is required). Kafka is the cluster's own if it has one, otherwise that"
                    + " of --bootstrap-servers."
        },
        customSynopsis =
                "streamq cluster submit --streamq.policy.actions=N [--streamq.x.y=VALUE]... [--bootstrap-servers HOST:PORT]"
                        + " [OPTIONS]",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {
            "0:the job runs",
            "1:the cluster or Kafka cannot be reached, a topic is missing, a job already runs, or it failed",
            "2:an option is wrong; all errors are named"
        })
final class SubmitCommand implements Callable<Integer> {
    private static final String LATEST = "latest";

    private final Terminal terminal;

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private FolderOption where = new FolderOption();

    @Option(
            names = "--from",
            paramLabel = "SAVEPOINT",
            description =
                    "Resumes from a savepoint or checkpoint: its folder, or 'latest' for the newest of the cluster."
                            + " Without it, the job knows nothing and learns from everything on the topic.")
    private @Nullable String from;

    @Option(
            names = "--parallelism",
            paramLabel = "N",
            description = "Short for --streamq.job.parallelism. Default: as many slots as are left if a TaskManager is"
                    + " lost.")
    private @Nullable Integer parallelism;

    @Option(names = "--create-topics", description = "Creates missing topics, under their default names.")
    private boolean createTopics;

    @Unmatched
    private List<String> jobArguments = new ArrayList<>();

    SubmitCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        Cluster cluster = Cluster.in(where.folder());
        JobSubmission submission = new JobSubmission(cluster);
        JobOptions options;
        try {
            options = submission.options(jobArguments, parallelism);
        } catch (InvalidOptionsException e) {
            throw JobSubmission.usageError(command, e);
        }
        String snapshot = snapshot(cluster);
        Optional<FlinkRest.Job> active = submission.active();
        if (active.isPresent()) {
            throw new CommandFailure(
                    "job " + active.get().id() + " is " + active.get().state()
                            + " already, and two would write to the same topics; end it with 'streamq cluster savepoint"
                            + " --stop', or change its parallelism with 'streamq cluster rescale'");
        }
        submission.requireSlots(JobSubmission.parallelism(options));
        if (createTopics) {
            JobSubmission.createTopics(options);
        }
        SubmittedJob job = submission.submit(jobArguments, parallelism, snapshot);
        terminal.print(terminal.styled(Style.GOOD, "Runs") + ": job " + job.id() + " with parallelism "
                + job.parallelism() + (snapshot == null ? "" : ", from " + snapshot));
        return ExitCodes.DONE;
    }

    private @Nullable String snapshot(Cluster cluster) {
        if (from == null) {
            return null;
        }
        if (from.equals(LATEST)) {
            return cluster.folder()
                    .newestSnapshot()
                    .map(FlinkPaths::of)
                    .orElseThrow(() -> new CommandFailure(
                            "the cluster in " + cluster.folder().root()
                                    + " has neither a savepoint nor a checkpoint to resume from; submit without"
                                    + " --from"));
        }
        // A location with a scheme, such as file: or s3:, is left to Flink.
        if (from.matches("[a-z0-9]+:.*")) {
            return from;
        }
        Path place = Path.of(from).toAbsolutePath().normalize();
        if (!Files.exists(place.resolve("_metadata"))) {
            throw new ParameterException(
                    command.commandLine(),
                    "--from must be a completed savepoint or checkpoint, a folder that holds _metadata: got '" + from
                            + "'");
        }
        return FlinkPaths.of(place);
    }
}

package io.streamq.cli.cluster;

import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.terminal.Style;
import io.streamq.cli.terminal.Terminal;
import io.streamq.job.options.InvalidOptionsException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code streamq cluster rescale}. */
@Command(
        name = "rescale",
        description = {
            "Changes the parallelism of the job that 'streamq cluster submit' last submitted: takes a"
                    + " savepoint, stops the job, and submits it again from there with the same options.",
            "",
            "Never rescale single vertices of the job, through the web page or an autoscaler: both learning"
                    + " operators must have the same parallelism, and the job ends itself if they do not."
        },
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {"0:the job runs with the new parallelism", ExitCodes.LIST_FAILED, ExitCodes.LIST_USAGE})
final class RescaleCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private FolderOption where = new FolderOption();

    @Option(names = "--parallelism", required = true, paramLabel = "N", description = "The new parallelism.")
    private int parallelism;

    RescaleCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        Cluster cluster = Cluster.in(where.folder());
        JobSubmission submission = new JobSubmission(cluster);
        SubmittedJob job = cluster.submittedJob()
                .orElseThrow(() -> new CommandFailure("no job was submitted; 'streamq cluster submit' does that"));
        FlinkRest.Job active = submission.requireActive();
        requireSame(active, job);
        try {
            submission.options(job.arguments(), parallelism);
        } catch (InvalidOptionsException e) {
            throw JobSubmission.usageError(command, e);
        }
        submission.requireSlots(parallelism);
        String savepoint = SavepointCommand.take(cluster, active, true, "canonical");
        terminal.print("Stopped with savepoint " + savepoint);
        try {
            SubmittedJob rescaled = submission.submit(job.arguments(), parallelism, savepoint);
            terminal.print(terminal.styled(Style.GOOD, "Runs") + ": job " + rescaled.id() + " with parallelism "
                    + parallelism + " (was " + job.parallelism() + ")");
        } catch (CommandFailure e) {
            throw new CommandFailure(
                    e.getMessage() + System.lineSeparator()
                            + "Nothing is lost: resume with 'streamq cluster submit --from " + savepoint
                            + "' and the job's options",
                    e);
        }
        return ExitCodes.DONE;
    }

    /** The options of a job that was submitted another way are not known. */
    private static void requireSame(FlinkRest.Job active, SubmittedJob submitted) {
        if (!active.id().equals(submitted.id())) {
            throw new CommandFailure("job " + active.id() + " is " + active.state() + ", but only the options of job "
                    + submitted.id()
                    + " are known, the last that 'streamq cluster submit' submitted; stop the running job with 'streamq"
                    + " cluster savepoint --stop', and resume it with 'streamq cluster submit --from SAVEPOINT"
                    + " --parallelism N' and its own options");
        }
    }
}

package io.streamq.cli.cluster;

import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.program.FlinkPaths;
import io.streamq.cli.terminal.Terminal;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code streamq cluster savepoint}. */
@Command(
        name = "savepoint",
        description = {
            "Takes a savepoint of the job and prints where it is, for 'streamq cluster submit --from'.",
            "",
            "Savepoints are kept in the cluster's folder, even after it is stopped."
        },
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {"0:the savepoint is complete", "1:no job runs, or the savepoint failed", ExitCodes.LIST_USAGE})
final class SavepointCommand implements Callable<Integer> {
    private enum Format {
        CANONICAL,
        NATIVE
    }

    private final Terminal terminal;

    @Mixin
    private FolderOption where = new FolderOption();

    @Option(names = "--stop", description = "Stops the job with it: everything learnt is in the savepoint.")
    private boolean stop;

    @Option(
            names = "--format",
            paramLabel = "canonical|native",
            description =
                    "canonical can also be restored by the other state backend; native is faster to write. Default:"
                            + " canonical")
    private Format format = Format.CANONICAL;

    SavepointCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        Cluster cluster = Cluster.in(where.folder());
        terminal.print(take(cluster, new JobSubmission(cluster).requireActive(), stop, format.name()));
        if (stop) {
            cluster.forgetJob();
        }
        return ExitCodes.DONE;
    }

    /** Takes a savepoint of a running job and returns its path. */
    static String take(Cluster cluster, FlinkRest.Job job, boolean stop, String format) throws InterruptedException {
        FlinkRest flink = cluster.flink();
        String target = FlinkPaths.of(cluster.folder().savepoints());
        return stop
                ? flink.stopWithSavepoint(job.id(), target, format.toUpperCase(Locale.ROOT))
                : flink.savepoint(job.id(), target, format.toUpperCase(Locale.ROOT));
    }
}

package io.streamq.cli.cluster;

import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.terminal.Quantities;
import io.streamq.cli.terminal.Style;
import io.streamq.cli.terminal.Table;
import io.streamq.cli.terminal.Terminal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code streamq cluster status}. */
@Command(
        name = "status",
        description = "Shows which processes run, where they listen and log, and how the job is doing.",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {
            "0:all processes run, and all tasks of a job that was submitted and has not ended",
            "1:a process is missing, or the job or one of its tasks is not running",
            ExitCodes.LIST_USAGE
        })
final class StatusCommand implements Callable<Integer> {
    private static final String GONE = "GONE";
    private static final String RUNNING = "RUNNING";

    private final Terminal terminal;

    @Mixin
    private FolderOption where = new FolderOption();

    @Option(names = "--json", description = "Prints the status as JSON.")
    private boolean json;

    /**
     * All that is known of a cluster.
     *
     * @param answers whether a JobManager does; without one, slots and jobs are not known
     */
    record Status(
            String folder,
            boolean healthy,
            boolean answers,
            String webAddress,
            @Nullable String kafkaAddress,
            String stateBackend,
            int slots,
            int freeSlots,
            List<ProcessStatus> processes,
            @Nullable JobStatus job) {}

    /** A process; without an id it does not run. */
    record ProcessStatus(String name, @Nullable Long pid, String log) {}

    /**
     * The newest job.
     *
     * @param allTasksRun whether each runs or has finished; a job is RUNNING even while its tasks wait for slots
     * @param failure its last cause of failure or restart
     */
    record JobStatus(
            String id,
            String state,
            boolean allTasksRun,
            int parallelism,
            long restarts,
            @Nullable CheckpointStatus lastCheckpoint,
            @Nullable String failure) {
        private boolean isWell() {
            return runs() ? allTasksRun : FlinkRest.ENDED_WELL.contains(state);
        }

        private boolean runs() {
            return state.equals(RUNNING);
        }
    }

    /** A completed checkpoint or savepoint. */
    record CheckpointStatus(long id, String completedAt, long bytes, String path) {}

    StatusCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        Status status = statusOf(Cluster.in(where.folder()));
        if (json) {
            terminal.printJson(status);
        } else {
            print(status);
        }
        return status.healthy ? ExitCodes.DONE : ExitCodes.FAILED;
    }

    private static Status statusOf(Cluster cluster) throws InterruptedException {
        List<ProcessStatus> processes = cluster.processes().stream()
                .map(process -> new ProcessStatus(
                        process.name(),
                        process.running().map(ProcessHandle::pid).orElse(null),
                        process.log().toString()))
                .toList();
        FlinkRest flink = cluster.flink();
        Optional<FlinkRest.Overview> overview = flink.overview();
        JobStatus job = overview.isPresent() ? jobOn(cluster, flink) : null;
        boolean healthy = overview.isPresent()
                && processes.stream().allMatch(process -> process.pid != null)
                && (job == null || job.isWell());
        return new Status(
                cluster.folder().root().toString(),
                healthy,
                overview.isPresent(),
                cluster.settings().webAddress(),
                cluster.settings().kafka() ? cluster.settings().kafkaAddress() : null,
                cluster.settings().stateBackend(),
                overview.map(FlinkRest.Overview::slots).orElse(0),
                overview.map(FlinkRest.Overview::freeSlots).orElse(0),
                processes,
                job);
    }

    private static @Nullable JobStatus jobOn(Cluster cluster, FlinkRest flink) throws InterruptedException {
        List<FlinkRest.Job> jobs = flink.jobs();
        cluster.forgetJobThatEndedWell(jobs);
        Optional<FlinkRest.Job> youngest = jobs.stream().findFirst();
        if (youngest.isEmpty()) {
            return cluster.submittedJob().map(StatusCommand::gone).orElse(null);
        }
        String id = youngest.get().id();
        return new JobStatus(
                id,
                youngest.get().state(),
                flink.allTasksRun(id),
                flink.parallelism(id),
                flink.restarts(id),
                flink.lastCheckpoint(id)
                        .map(checkpoint -> new CheckpointStatus(
                                checkpoint.id(),
                                Instant.ofEpochMilli(checkpoint.completedAtMillis())
                                        .toString(),
                                checkpoint.bytes(),
                                checkpoint.path()))
                        .orElse(null),
                flink.lastFailure(id).orElse(null));
    }

    /** A job that the JobManager forgot when it restarted without high availability. */
    private static JobStatus gone(SubmittedJob job) {
        return new JobStatus(job.id(), GONE, false, job.parallelism(), 0, null, null);
    }

    private void print(Status status) {
        Table table = new Table().text("process").number("pid").text("log");
        status.processes.forEach(
                process -> table.row(process.name, process.pid == null ? "missing" : process.pid, process.log));
        terminal.print(table);
        terminal.print("");
        terminal.print("Web page   " + status.webAddress);
        if (status.kafkaAddress != null) {
            terminal.print("Kafka      " + status.kafkaAddress);
        }
        if (status.answers) {
            terminal.print("Slots      " + status.freeSlots + " of " + status.slots + " free, state in "
                    + status.stateBackend);
            print(status.job);
        } else {
            terminal.print("Job        unknown, as no JobManager answers");
        }
        if (!status.healthy) {
            terminal.print("");
            terminal.print(terminal.styled(Style.BAD, "Not all is well.")
                    + " 'streamq cluster start' starts processes that are missing, and with --taskmanagers N more of"
                    + " them for tasks that wait for a slot; 'streamq cluster submit --from latest' resumes a job that"
                    + " failed or is gone.");
        }
    }

    private void print(@Nullable JobStatus job) {
        if (job == null) {
            terminal.print("Job        none; 'streamq cluster submit' starts one");
            return;
        }
        if (job.state.equals(GONE)) {
            terminal.print("Job        " + job.id + " is " + terminal.styled(Style.BAD, GONE)
                    + ": the JobManager was restarted since, and does not know it");
            return;
        }
        terminal.print("Job        " + job.id + " is "
                + terminal.styled(job.runs() && job.isWell() ? Style.GOOD : Style.WARNING, job.state)
                + (job.runs() && !job.isWell() ? ", but not all its tasks run, parallelism " : ", parallelism ")
                + job.parallelism + ", " + Quantities.count(job.restarts, "restart"));
        CheckpointStatus checkpoint = job.lastCheckpoint;
        terminal.print(
                checkpoint == null
                        ? "Checkpoint none yet"
                        : "Checkpoint " + checkpoint.id + " at " + checkpoint.completedAt + ", "
                                + Quantities.count(checkpoint.bytes, "byte") + ", " + checkpoint.path);
        if (job.failure != null) {
            terminal.print("Failure    " + job.failure);
        }
    }
}

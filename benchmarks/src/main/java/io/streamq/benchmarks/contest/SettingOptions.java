package io.streamq.benchmarks.contest;

import io.streamq.benchmarks.report.ReportOptions;
import io.streamq.benchmarks.workload.Skew;
import io.streamq.benchmarks.workload.Visits;
import io.streamq.benchmarks.workload.Workload;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.configuration.MemorySize;
import picocli.CommandLine.Option;

/** The options of a {@link Setting}. */
public final class SettingOptions {
    private static final int MAX_STATES = 90_000_000;
    private static final int MAX_STATE_BYTES = 1024;
    private static final int MAX_REPEATS = 999;

    @Option(
            names = "--experiences",
            paramLabel = "N",
            description = "Experiences in each run. Default: ${DEFAULT-VALUE}")
    private long experiences = 12_000_000;

    @Option(names = "--states", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}")
    private int states = 100_000;

    @Option(names = "--actions", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}")
    private int actions = 6;

    @Option(
            names = "--state-bytes",
            paramLabel = "N",
            description = "Bytes of a state's name. Default: ${DEFAULT-VALUE}")
    private int stateBytes = Workload.LEAST_STATE_BYTES;

    @Option(
            names = "--skew",
            paramLabel = "uniform|zipf",
            description = "How often states are visited. Default: uniform")
    private Skew skew = Skew.UNIFORM;

    @Option(
            names = "--parallelism",
            paramLabel = "N",
            description = "Parallelism of the jobs, and partitions of their topic. Default: ${DEFAULT-VALUE}")
    private int parallelism = 2;

    @Option(
            names = "--state-backend",
            paramLabel = "hashmap|rocksdb",
            description = "Backend of the Flink jobs. Default: hashmap")
    private StateBackend stateBackend = StateBackend.HASHMAP;

    @Option(
            names = "--taskmanagers",
            paramLabel = "N",
            description =
                    "Runs only the Flink jobs, on a real cluster of this many TaskManager processes. Default: 0, in"
                            + " the JVM of the benchmark")
    private int taskManagers;

    @Option(
            names = "--taskmanager-heap",
            paramLabel = "SIZE",
            description = "Task heap of each of these processes. Default: ${DEFAULT-VALUE}")
    private String taskManagerHeap = "2g";

    @Option(
            names = "--skip",
            paramLabel = "PERCENT",
            description =
                    "First part of each run, which is not timed; more lets the JVM finish compiling, since a cluster"
                            + " compiles the classes of each job again. Default: ${DEFAULT-VALUE}")
    private int skippedPercent = Setting.SKIPPED_PERCENT;

    @Option(
            names = "--repeats",
            paramLabel = "N",
            description =
                    "How often the log repeats what is published, in further partitions that share its files and each begin"
                            + " a little later: one job learns for longer, without being compiled again, from as little as"
                            + " fits into memory. Rounds --experiences up so that they divide evenly. Default: ${DEFAULT-VALUE}")
    private int repeats = 0;

    @Option(
            names = "-D",
            paramLabel = "x.y=VALUE",
            description = "A setting of Flink for all its jobs, such as taskmanager.memory.managed.size=1g.")
    private Map<String, String> flink = new LinkedHashMap<>();

    /** A workload that takes seconds. */
    public void quick() {
        quick(taskManagers == 0 ? Setting.QUICK_EXPERIENCES : Setting.QUICK_EXPERIENCES_ON_CLUSTER);
    }

    /** The same, of another length. */
    public void quick(long mostExperiences) {
        experiences = Math.min(experiences, mostExperiences);
        states = Math.min(states, 1_000);
    }

    /** The setting, after validation. */
    public Setting setting(ReportOptions command) {
        command.require(experiences >= 10, "--experiences must be at least 10: got " + experiences);
        command.require(
                states >= 1 && states <= MAX_STATES, "--states must be in [1, " + MAX_STATES + "]: got " + states);
        command.require(actions >= 1, "--actions must be at least 1: got " + actions);
        command.require(
                (long) states * actions <= Visits.MOST_PAIRS,
                "--states times --actions must be at most " + Visits.MOST_PAIRS + ": got " + (long) states * actions);
        command.require(
                stateBytes >= Workload.LEAST_STATE_BYTES && stateBytes <= MAX_STATE_BYTES,
                "--state-bytes must be in [" + Workload.LEAST_STATE_BYTES + ", " + MAX_STATE_BYTES + "]: got "
                        + stateBytes);
        command.require(
                parallelism >= 1 && parallelism <= 128, "--parallelism must be in [1, 128]: got " + parallelism);
        command.require(
                skippedPercent >= 1 && skippedPercent <= 99, "--skip must be in [1, 99]: got " + skippedPercent);
        command.require(
                repeats >= 0 && repeats <= MAX_REPEATS,
                "--repeats must be in [0, " + MAX_REPEATS + "]: got " + repeats);
        long evenly = Setting.evenly(parallelism, repeats);
        command.require(taskManagers >= 0, "--taskmanagers must be at least 0: got " + taskManagers);
        return new Setting(
                (experiences + evenly - 1) / evenly * evenly,
                states,
                actions,
                stateBytes,
                skew,
                parallelism,
                stateBackend,
                taskManagers,
                heapMebibytes(command),
                Map.copyOf(flink),
                skippedPercent,
                repeats);
    }

    private int heapMebibytes(ReportOptions command) {
        try {
            int mebibytes = MemorySize.parse(taskManagerHeap).getMebiBytes();
            command.require(mebibytes >= 64, "--taskmanager-heap must be at least 64m: got " + taskManagerHeap);
            return mebibytes;
        } catch (IllegalArgumentException e) {
            command.require(
                    false, "--taskmanager-heap must be a size such as 512m or 8g: got '" + taskManagerHeap + "'");
            throw e;
        }
    }
}

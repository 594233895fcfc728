package io.streamq.benchmarks.contest;

import io.streamq.benchmarks.processes.OwnCluster;
import io.streamq.cli.cluster.FlinkRest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Flink in separate processes, shared by all jobs. */
final class FlinkCluster implements FlinkHost {
    private static final String NETWORK_MEMORY = "256m";

    private final OwnCluster cluster;
    private final FlinkRest flink;

    private FlinkCluster(OwnCluster cluster, FlinkRest flink) {
        this.cluster = cluster;
        this.flink = flink;
    }

    static FlinkCluster start(Setting setting, Path work) throws IOException, InterruptedException {
        int slots = (setting.parallelism() + setting.taskManagers() - 1) / setting.taskManagers();
        List<String> options = new ArrayList<>(List.of(
                "--web-port=0",
                "--taskmanagers=" + setting.taskManagers(),
                "--slots=" + slots,
                "--state-backend=" + setting.stateBackend().flinkName(),
                "-Dmetrics.fetcher.update-interval=" + ClusterTask.METRICS_INTERVAL.toMillis() + "ms",
                "-Dtaskmanager.memory.task.heap.size=" + setting.heapMebibytes() + "m",
                "-Dtaskmanager.memory.network.min=" + NETWORK_MEMORY,
                "-Dtaskmanager.memory.network.max=" + NETWORK_MEMORY));
        setting.flink().forEach((key, value) -> options.add("-D" + key + "=" + value));
        OwnCluster cluster = OwnCluster.start(work.resolve("cluster"), options);
        try {
            return new FlinkCluster(cluster, cluster.flink());
        } catch (IOException | InterruptedException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    @Override
    public Task start(FlinkJob job) throws IOException, InterruptedException {
        String id = flink.run(job.jar(cluster.folder()), job.arguments(), null);
        return new ClusterTask(flink, id, cluster.folder().resolve("savepoints"));
    }

    /** Including this one, which has the broker. */
    @Override
    public List<Long> processes() {
        return Stream.concat(Stream.of(ProcessHandle.current().pid()), cluster.pids().stream())
                .toList();
    }

    @Override
    public void close() {
        cluster.close();
    }
}

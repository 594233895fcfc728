package io.streamq.benchmarks.contest;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamq.benchmarks.processes.OwnCluster;
import io.streamq.cli.CommandFailure;
import io.streamq.cli.FlinkPaths;
import io.streamq.cli.cluster.FlinkRest;
import io.streamq.job.metrics.StreamQMetrics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Flink in processes of its own, for all jobs alike. */
final class FlinkCluster implements FlinkHost {
    /** Flink asks its TaskManagers for metrics no more often than that, so a figure is as old at most. */
    private static final Duration METRICS_INTERVAL = Duration.ofMillis(100);

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
                "-Dmetrics.fetcher.update-interval=" + METRICS_INTERVAL.toMillis() + "ms",
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
        return new ClusterTask(id);
    }

    /** With this one, where the broker is. */
    @Override
    public List<Long> processes() {
        return Stream.concat(Stream.of(ProcessHandle.current().pid()), cluster.pids().stream())
                .toList();
    }

    @Override
    public void close() {
        cluster.close();
    }

    private final class ClusterTask implements Task {
        /** Each answer is older than the count by as much as lies between two: by a hundredth of the run at most. */
        private static final int ANSWERS = 100;

        private static final String SUFFIX = "." + StreamQMetrics.GROUP + "." + StreamQMetrics.EXPERIENCES_APPLIED;

        private final String id;
        /** The path of the counter, once Flink knows it. */
        private @Nullable String counter;

        private final long startNanos = System.nanoTime();
        private long askedNanos = startNanos - METRICS_INTERVAL.toNanos();
        private long answer;

        ClusterTask(String id) {
            this.id = id;
        }

        /** Asks ever less often: asking takes from the machine whose speed is measured. */
        @Override
        public long applied() throws InterruptedException {
            long now = System.nanoTime();
            if (now - askedNanos >= Math.max(METRICS_INTERVAL.toNanos(), (now - startNanos) / ANSWERS)) {
                askedNanos = now;
                answer = ask();
            }
            return answer;
        }

        /** An answer is that of a moment before the question, and makes Flink ask its TaskManagers for the next. */
        @Override
        public long appliedNow() throws InterruptedException {
            long old = ask();
            Thread.sleep(METRICS_INTERVAL.toMillis());
            answer = Math.max(old, ask());
            return answer;
        }

        private long ask() throws InterruptedException {
            if (counter == null) {
                counter = findCounter();
            }
            if (counter == null) {
                return 0;
            }
            JsonNode sum = flink.get(counter);
            return sum.isEmpty() ? 0 : sum.get(0).get("sum").asLong();
        }

        private @Nullable String findCounter() throws InterruptedException {
            JsonNode job = flink.get("/jobs/" + id);
            if (List.of("FAILED", "CANCELED", "FINISHED")
                    .contains(job.get("state").asText())) {
                throw new CommandFailure("the job ended before it had learnt from everything; see "
                        + cluster.folder().resolve("logs"));
            }
            for (JsonNode vertex : job.get("vertices")) {
                String metrics = "/jobs/" + id + "/vertices/" + vertex.get("id").asText() + "/subtasks/metrics";
                for (JsonNode metric : flink.get(metrics)) {
                    String name = metric.get("id").asText();
                    if (name.endsWith(SUFFIX)) {
                        return metrics + "?agg=sum&get=" + name;
                    }
                }
            }
            return null;
        }

        @Override
        public Path savepoint() throws InterruptedException {
            return FlinkPaths.local(flink.stopWithSavepoint(
                    id, cluster.folder().resolve("savepoints").toString(), "CANONICAL"));
        }

        @Override
        public void close() {}
    }
}

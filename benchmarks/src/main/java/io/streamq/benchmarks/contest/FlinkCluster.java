package io.streamq.benchmarks.contest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamq.cli.CommandFailure;
import io.streamq.cli.ExitCodes;
import io.streamq.cli.FlinkPaths;
import io.streamq.cli.Main;
import io.streamq.cli.cluster.FlinkRest;
import io.streamq.job.metrics.StreamQMetrics;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A real cluster on this machine, started and stopped by the command that a user has for it. */
final class FlinkCluster implements FlinkHost {
    /** Flink asks its TaskManagers for metrics no more often than that, so a figure is as old at most. */
    private static final Duration METRICS_INTERVAL = Duration.ofMillis(100);

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NETWORK_MEMORY = "256m";

    private final Path folder;
    private final FlinkRest flink;
    /** Its processes are made to outlive whoever started them, and nobody waits for them to end by themselves after Ctrl-C. */
    private final Thread atExit;

    private FlinkCluster(Path folder, FlinkRest flink, Thread atExit) {
        this.folder = folder;
        this.flink = flink;
        this.atExit = atExit;
    }

    static FlinkCluster start(Setting setting, Path work) throws IOException {
        Path folder = work.resolve("cluster");
        int slots = (setting.parallelism() + setting.taskManagers() - 1) / setting.taskManagers();
        List<String> command = new ArrayList<>(List.of(
                "start",
                "--dir",
                folder.toString(),
                "--web-port=0",
                "--taskmanagers=" + setting.taskManagers(),
                "--slots=" + slots,
                "--state-backend=" + setting.stateBackend().flinkName(),
                "-Dmetrics.fetcher.update-interval=" + METRICS_INTERVAL.toMillis() + "ms",
                "-Dtaskmanager.memory.task.heap.size=" + setting.heapMebibytes() + "m",
                "-Dtaskmanager.memory.network.min=" + NETWORK_MEMORY,
                "-Dtaskmanager.memory.network.max=" + NETWORK_MEMORY));
        setting.flink().forEach((key, value) -> command.add("-D" + key + "=" + value));
        Thread atExit = new Thread(() -> killAll(folder), "streamq-benchmark-cluster");
        Runtime.getRuntime().addShutdownHook(atExit);
        try {
            run(command);
            String status = run(List.of("status", "--dir", folder.toString(), "--json"));
            String webAddress = JSON.readTree(status).get("webAddress").asText();
            return new FlinkCluster(folder, new FlinkRest(webAddress), atExit);
        } catch (IOException | RuntimeException e) {
            stop(folder, atExit);
            throw e;
        }
    }

    private static String run(List<String> clusterCommand) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> command = new ArrayList<>(List.of("cluster"));
        command.addAll(clusterCommand);
        int exitCode = Main.run(command.toArray(String[]::new), new PrintWriter(out), new PrintWriter(err));
        if (exitCode != ExitCodes.DONE) {
            throw new CommandFailure("'streamq " + String.join(" ", command) + "' failed: "
                    + err.toString().strip());
        }
        return out.toString();
    }

    @Override
    public Task start(FlinkJob job) throws IOException, InterruptedException {
        String id = flink.run(job.jar(folder), job.arguments(), null);
        return new ClusterTask(id);
    }

    /** With this one, where the broker is. */
    @Override
    public List<Long> processes() {
        return Stream.concat(Stream.of(ProcessHandle.current().pid()), pids(folder).stream())
                .toList();
    }

    @Override
    public void close() {
        stop(folder, atExit);
    }

    private static void stop(Path folder, Thread atExit) {
        // An interrupted thread cannot wait for processes to end, and they must.
        boolean interrupted = Thread.interrupted();
        Main.run(
                new String[] {"cluster", "stop", "--dir", folder.toString()},
                new PrintWriter(new StringWriter()),
                new PrintWriter(new StringWriter()));
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException theJvmEndsAlready) {
            return;
        }
    }

    private static void killAll(Path folder) {
        pids(folder).forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }

    private static List<Long> pids(Path folder) {
        List<Long> pids = new ArrayList<>();
        try (Stream<Path> processes = Files.list(folder.resolve("processes"))) {
            for (Path each : processes.toList()) {
                pids.add(JSON.readTree(each.toFile()).path("pid").asLong());
            }
            return pids;
        } catch (IOException noneWasStarted) {
            return pids;
        }
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
                throw new CommandFailure(
                        "the job ended before it had learnt from everything; see " + folder.resolve("logs"));
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
            return FlinkPaths.local(
                    flink.stopWithSavepoint(id, folder.resolve("savepoints").toString(), "CANONICAL"));
        }

        @Override
        public void close() {}
    }
}

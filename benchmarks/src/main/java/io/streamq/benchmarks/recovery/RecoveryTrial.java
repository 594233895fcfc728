package io.streamq.benchmarks.recovery;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamq.benchmarks.processes.OwnCluster;
import io.streamq.cli.cluster.FlinkRest;
import io.streamq.cli.program.CommandFailure;
import io.streamq.job.OperatorUids;
import io.streamq.job.metrics.StreamQMetrics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
import java.util.stream.StreamSupport;

/** One cluster with one Q-table, whose TaskManagers are killed. */
final class RecoveryTrial {
    static final String SETTINGS =
            "2 TaskManagers that learn and 1 spare, 1 slot each, heartbeat 1 s, restart delay 1 s,"
                    + " checkpoints every 5 s, " + Feed.PER_SECOND + " experiences/s";

    private static final int SHARDS = 2;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration POLL = Duration.ofMillis(200);
    /** After which Flink fetches metrics anew; by default, those of the last attempt would be shown for ten seconds. */
    private static final Duration METRICS_AGE = Duration.ofMillis(500);

    private static final int CHECKPOINTS = 3;

    private final Path folder;
    private final String stateBackend;
    private final int states;
    private final int kills;
    private final Map<String, String> flink;

    /** @param flink settings of Flink that override the trial's */
    RecoveryTrial(Path folder, String stateBackend, int states, int kills, Map<String, String> flink) {
        this.folder = folder;
        this.stateBackend = stateBackend;
        this.states = states;
        this.kills = kills;
        Map<String, String> settings = new TreeMap<>();
        settings.put("taskmanager.memory.task.heap.size", "1g");
        // Else the restart delay would grow with each kill.
        settings.put("restart-strategy.exponential-delay.max-backoff", "1s");
        settings.put("metrics.fetcher.update-interval", METRICS_AGE.toMillis() + "ms");
        settings.putAll(flink);
        this.flink = settings;
    }

    /**
     * A completed checkpoint or savepoint.
     *
     * @param bytes that it needs to be restored
     * @param writtenBytes of those, the ones not in an earlier snapshot
     */
    record Snapshot(long bytes, long writtenBytes, long millis) {}

    /**
     * What was measured.
     *
     * @param viewRebuildMillis on the slower shard, after the last restore
     */
    record Result(
            String stateBackend,
            int states,
            List<Recovery> recoveries,
            long viewRebuildMillis,
            int rowsOfSlowestShard,
            Snapshot checkpoint,
            Snapshot savepoint) {
        long median(ToLongFunction<Recovery> figure) {
            long[] sorted = figures(figure).sorted().toArray();
            return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
        }

        long least(ToLongFunction<Recovery> figure) {
            return figures(figure).min().orElseThrow();
        }

        long most(ToLongFunction<Recovery> figure) {
            return figures(figure).max().orElseThrow();
        }

        private LongStream figures(ToLongFunction<Recovery> figure) {
            return recoveries.stream().mapToLong(figure);
        }
    }

    /** @param progress is told each step */
    Result run(Consumer<String> progress) throws IOException, InterruptedException {
        progress.accept("starting a cluster");
        try (OwnCluster cluster = OwnCluster.start(folder, options())) {
            cluster.run(
                    "submit",
                    "--create-topics",
                    "--parallelism=" + SHARDS,
                    "--streamq.policy.actions=" + Feed.ACTIONS,
                    "--streamq.job.checkpoint-interval=5s");
            JsonNode status = cluster.status();
            String bootstrapServers = status.get("kafkaAddress").asText();
            Probe probe = new Probe(
                    new FlinkRest(status.get("webAddress").asText()),
                    status.at("/job/id").asText());
            try (Feed feed = new Feed(bootstrapServers, states);
                    PolicyWatch policy = new PolicyWatch(bootstrapServers)) {
                progress.accept("learning");
                feed.visitAll();
                await("rows", () -> probe.sum(StreamQMetrics.ROWS) == states);
                feed.drizzle();
                progress.accept("checkpoints");
                Snapshot checkpoint = checkpoint(probe);
                cluster.run("savepoint");
                await("the savepoint's figures", () -> probe.lastSavepoint().isPresent());
                Snapshot savepoint = probe.lastSavepoint().orElseThrow();
                List<Recovery> recoveries = new ArrayList<>();
                for (int kill = 1; kill <= kills; kill++) {
                    progress.accept("kill " + kill + " of " + kills);
                    recoveries.add(killOne(cluster, probe, policy));
                }
                probe.refresh();
                return new Result(
                        stateBackend,
                        states,
                        recoveries,
                        probe.max(StreamQMetrics.VIEW_REBUILD_MILLIS),
                        (int) probe.max(StreamQMetrics.ROWS),
                        checkpoint,
                        savepoint);
            }
        }
    }

    private List<String> options() {
        List<String> options = new ArrayList<>(List.of(
                "--kafka",
                "--kafka-port=0",
                "--web-port=0",
                "--taskmanagers=" + (SHARDS + 1),
                "--slots=1",
                "--state-backend=" + stateBackend));
        flink.forEach((key, value) -> options.add("-D" + key + "=" + value));
        return options;
    }

    /** The median of several, by duration. */
    private static Snapshot checkpoint(Probe probe) throws InterruptedException {
        long now = System.currentTimeMillis();
        await("checkpoints", () -> probe.checkpointsSince(now).size() >= CHECKPOINTS);
        List<Snapshot> several = probe.checkpointsSince(now).stream()
                .sorted((one, other) -> Long.compare(one.millis(), other.millis()))
                .toList();
        return several.get(several.size() / 2);
    }

    private static Recovery killOne(OwnCluster cluster, Probe probe, PolicyWatch policy)
            throws IOException, InterruptedException {
        long pid = pidOfTaskManager(cluster, probe.taskManagerOfFirstShard());
        policy.catchUp();
        long killedAt = System.nanoTime();
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        long noticedAt = awaitState(probe, policy, false);
        long restartedAt = awaitState(probe, policy, true);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!policy.sawNewEpoch()) {
            requireTime("a policy update", deadline);
        }
        long learntAt = System.nanoTime();
        cluster.run("start");
        long now = System.currentTimeMillis();
        await("a checkpoint after a restart", () -> !probe.checkpointsSince(now).isEmpty());
        return new Recovery(millis(killedAt, noticedAt), millis(noticedAt, restartedAt), millis(restartedAt, learntAt));
    }

    /** Waits until the job is RUNNING, or is not, meanwhile reading what the dying attempt still announces. */
    private static long awaitState(Probe probe, PolicyWatch policy, boolean running) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (probe.isRunning() != running) {
            boolean unused = policy.sawNewEpoch();
            requireTime(running ? "the restart" : "notice of the failure", deadline);
        }
        return System.nanoTime();
    }

    private static long millis(long fromNanos, long toNanos) {
        return TimeUnit.NANOSECONDS.toMillis(toNanos - fromNanos);
    }

    /** Flink's id is the process's name and a suffix. */
    private static long pidOfTaskManager(OwnCluster cluster, String id) throws IOException, InterruptedException {
        JsonNode processes = cluster.status().get("processes");
        return StreamSupport.stream(processes.spliterator(), false)
                .filter(process -> id.startsWith(process.get("name").asText() + "-"))
                .findFirst()
                .orElseThrow()
                .get("pid")
                .asLong();
    }

    private interface Condition {
        boolean holds() throws InterruptedException;
    }

    private static void await(String what, Condition condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            requireTime(what, deadline);
            Thread.sleep(POLL.toMillis());
        }
    }

    private static void requireTime(String what, long deadline) {
        if (System.nanoTime() - deadline > 0) {
            throw new CommandFailure(what + " did not come within " + PATIENCE.toSeconds() + " s");
        }
    }

    /** The job as Flink's REST API shows it. */
    private record Probe(FlinkRest flink, String job) {
        /** Asks for the status itself; the job's details may be half a second old. */
        boolean isRunning() throws InterruptedException {
            return flink.get("/jobs/" + job + "/status").get("status").asText().equals("RUNNING");
        }

        private String learn() throws InterruptedException {
            return StreamSupport.stream(
                            flink.get("/jobs/" + job).get("vertices").spliterator(), false)
                    .filter(vertex -> vertex.get("name").asText().startsWith(OperatorUids.LEARN))
                    .findFirst()
                    .orElseThrow()
                    .get("id")
                    .asText();
        }

        String taskManagerOfFirstShard() throws InterruptedException {
            return flink.get("/jobs/" + job + "/vertices/" + learn())
                    .at("/subtasks/0/taskmanager-id")
                    .asText();
        }

        /** Has metrics fetched that are of this attempt: Flink fetches when it is asked, and answers with those from before. */
        void refresh() throws InterruptedException {
            long unused = max(StreamQMetrics.ROWS);
            Thread.sleep(2 * METRICS_AGE.toMillis());
        }

        long sum(String metric) throws InterruptedException {
            return aggregated(metric, "sum");
        }

        long max(String metric) throws InterruptedException {
            return aggregated(metric, "max");
        }

        private long aggregated(String metric, String how) throws InterruptedException {
            String name = OperatorUids.LEARN + "." + StreamQMetrics.GROUP + "." + metric;
            JsonNode answer = flink.get(
                    "/jobs/" + job + "/vertices/" + learn() + "/subtasks/metrics?agg=" + how + "&get=" + name);
            return answer.isEmpty() ? -1 : answer.get(0).get(how).asLong();
        }

        List<Snapshot> checkpointsSince(long millis) throws InterruptedException {
            return StreamSupport.stream(
                            flink.get("/jobs/" + job + "/checkpoints")
                                    .get("history")
                                    .spliterator(),
                            false)
                    .filter(each -> each.get("status").asText().equals("COMPLETED")
                            && !each.get("is_savepoint").asBoolean()
                            && each.get("trigger_timestamp").asLong() > millis)
                    .map(Probe::snapshot)
                    .toList();
        }

        /** Flink's checkpoint statistics may be half a second old. */
        Optional<Snapshot> lastSavepoint() throws InterruptedException {
            JsonNode savepoint = flink.get("/jobs/" + job + "/checkpoints").at("/latest/savepoint");
            return savepoint.isObject() ? Optional.of(snapshot(savepoint)) : Optional.empty();
        }

        private static Snapshot snapshot(JsonNode completed) {
            return new Snapshot(
                    completed.get("state_size").asLong(),
                    completed.get("checkpointed_size").asLong(),
                    completed.get("end_to_end_duration").asLong());
        }
    }
}

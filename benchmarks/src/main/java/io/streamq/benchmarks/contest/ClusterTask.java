package io.streamq.benchmarks.contest;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamq.cli.cluster.FlinkRest;
import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.program.FlinkPaths;
import io.streamq.job.metrics.StreamQMetrics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A job on a cluster, observed through Flink's REST API. */
final class ClusterTask implements FlinkHost.Task {
    /** Flink fetches metrics from its TaskManagers no more often than this, so a figure is at least that old. */
    static final Duration METRICS_INTERVAL = Duration.ofMillis(100);

    /**
     * Queries are a hundredth of the run so far apart, and each answer was fetched after the query before: it is two
     * hundredths old at most.
     */
    private static final int ANSWERS = 100;

    private static final String SUFFIX = "." + StreamQMetrics.GROUP + "." + StreamQMetrics.EXPERIENCES_APPLIED;
    private static final List<String> ENDED = List.of("FAILED", "CANCELED", "FINISHED");

    private final FlinkRest flink;
    private final String id;
    private final Path savepoints;
    /** The path of the counter, once Flink knows it. */
    private @Nullable String counter;

    private final long startNanos = System.nanoTime();
    private long askedNanos = startNanos - METRICS_INTERVAL.toNanos();
    private long answer;

    ClusterTask(FlinkRest flink, String id, Path savepoints) {
        this.flink = flink;
        this.id = id;
        this.savepoints = savepoints;
    }

    /** Asks ever less often, as asking slows the machine that is being measured. */
    @Override
    public long applied() throws InterruptedException {
        long now = System.nanoTime();
        if (now - askedNanos >= Math.max(METRICS_INTERVAL.toNanos(), (now - startNanos) / ANSWERS)) {
            askedNanos = now;
            long before = answer;
            answer = ask();
            if (answer == before) {
                requireHealthy();
            }
        }
        return answer;
    }

    /** Asks twice: an answer predates its query, which in turn makes Flink fetch newer metrics. */
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
        for (JsonNode vertex : flink.get("/jobs/" + id).get("vertices")) {
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

    /**
     * A job that failed once is no longer measured, even if it continues, as its count restarted. The cluster's logs
     * will be removed with it.
     */
    private void requireHealthy() throws InterruptedException {
        JsonNode job = flink.get("/jobs/" + id);
        String name = job.get("name").asText();
        Optional<String> failure = flink.lastFailure(id);
        if (failure.isPresent()) {
            throw new CommandFailure(
                    "the job '" + name + "' failed before it had learnt from everything: " + failure.get());
        }
        String state = job.get("state").asText();
        if (ENDED.contains(state)) {
            throw new CommandFailure("the job '" + name + "' was to run until it had learnt from everything: it is "
                    + state + ", and Flink reports no failure");
        }
    }

    @Override
    public Path savepoint() throws InterruptedException {
        return FlinkPaths.local(flink.stopWithSavepoint(id, savepoints.toString(), "CANONICAL"));
    }

    @Override
    public void close() {}
}

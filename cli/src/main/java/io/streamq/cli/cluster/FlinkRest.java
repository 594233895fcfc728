package io.streamq.cli.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamq.cli.program.CommandFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Flink's REST API, as far as clusters need it. */
public final class FlinkRest {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(100);

    /** States of jobs and of tasks. */
    private static final List<String> GOING_WELL = List.of("RUNNING", "FINISHED");

    static final List<String> ENDED_WELL = List.of("FINISHED", "CANCELED");

    private final FlinkHttp http;

    public FlinkRest(String address) {
        this(address, REQUEST_TIMEOUT);
    }

    FlinkRest(String address, Duration requestTimeout) {
        this.http = new FlinkHttp(address, requestTimeout);
    }

    /** What the cluster has. */
    record Overview(int taskManagers, int slots, int freeSlots) {}

    /** A job as the overview shows it. */
    record Job(String id, String state, long startedAtMillis) {
        boolean hasEnded() {
            return hasEndedWell() || state.equals("FAILED");
        }

        /** Whether it came to its end, or somebody ended it. */
        boolean hasEndedWell() {
            return ENDED_WELL.contains(state);
        }
    }

    /** The last completed snapshot. */
    record Checkpoint(long id, long completedAtMillis, long bytes, String path) {}

    /** What the cluster has, or empty while it does not answer. */
    Optional<Overview> overview() throws InterruptedException {
        return http.ifItAnswers("/overview")
                .filter(answer -> answer.has("slots-total"))
                .map(answer -> new Overview(
                        answer.get("taskmanagers").asInt(),
                        answer.get("slots-total").asInt(),
                        answer.get("slots-available").asInt()));
    }

    /** The ids of the registered TaskManagers; empty while no JobManager answers. */
    List<String> registeredTaskManagers() throws InterruptedException {
        return http.ifItAnswers("/taskmanagers").stream()
                .flatMap(answer ->
                        StreamSupport.stream(answer.path("taskmanagers").spliterator(), false))
                .map(taskManager -> taskManager.get("id").asText())
                .toList();
    }

    /** All jobs that the JobManager remembers, the newest first. */
    List<Job> jobs() throws InterruptedException {
        return jobs(http.get("/jobs/overview"));
    }

    /** The same; none as long as it does not answer. */
    List<Job> jobsIfItAnswers() throws InterruptedException {
        return http.ifItAnswers("/jobs/overview").map(FlinkRest::jobs).orElse(List.of());
    }

    private static List<Job> jobs(JsonNode overview) {
        return StreamSupport.stream(overview.get("jobs").spliterator(), false)
                .map(job -> new Job(
                        job.get("jid").asText(),
                        job.get("state").asText(),
                        job.get("start-time").asLong()))
                .sorted((one, other) -> Long.compare(other.startedAtMillis, one.startedAtMillis))
                .toList();
    }

    /** A job's details, as Flink reports them. */
    JsonNode job(String id) throws InterruptedException {
        return http.get("/jobs/" + id);
    }

    /** Whether each task of a job runs or has finished its input; not while one waits for a slot, starts or restores. */
    boolean allTasksRun(String id) throws InterruptedException {
        JsonNode job = job(id);
        return GOING_WELL.contains(job.get("state").asText())
                && StreamSupport.stream(job.get("vertices").spliterator(), false)
                        .allMatch(FlinkRest::allTasksRun);
    }

    private static boolean allTasksRun(JsonNode vertex) {
        JsonNode tasks = vertex.get("tasks");
        return GOING_WELL.stream().mapToInt(state -> tasks.get(state).asInt()).sum()
                == vertex.get("parallelism").asInt();
    }

    int parallelism(String id) throws InterruptedException {
        return StreamSupport.stream(job(id).get("vertices").spliterator(), false)
                .mapToInt(vertex -> vertex.get("parallelism").asInt())
                .max()
                .orElse(0);
    }

    Optional<Checkpoint> lastCheckpoint(String id) throws InterruptedException {
        JsonNode completed =
                http.get("/jobs/" + id + "/checkpoints").path("latest").path("completed");
        if (!completed.isObject()) {
            return Optional.empty();
        }
        return Optional.of(new Checkpoint(
                completed.get("id").asLong(),
                completed.get("latest_ack_timestamp").asLong(),
                completed.get("state_size").asLong(),
                completed.path("external_path").asText()));
    }

    /**
     * How often the job has restarted since a JobManager took it over: each restart is another attempt of its tasks. (The
     * metric numRestarts counts them too, but over REST it was seen to freeze once TaskManagers were killed.)
     */
    long restarts(String id) throws InterruptedException {
        long attempts = 0;
        for (JsonNode vertex : job(id).get("vertices")) {
            JsonNode subtasks = http.get(
                            "/jobs/" + id + "/vertices/" + vertex.get("id").asText())
                    .get("subtasks");
            for (JsonNode subtask : subtasks) {
                attempts = Math.max(attempts, subtask.get("attempt").asLong());
            }
        }
        return attempts;
    }

    /** The message of the job's last failure. */
    public Optional<String> lastFailure(String id) throws InterruptedException {
        JsonNode entries =
                http.get("/jobs/" + id + "/exceptions").path("exceptionHistory").path("entries");
        return entries.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        FlinkFailure.sentence(entries.get(0).get("stacktrace").asText()));
    }

    /** Runs a jar's main method in the JobManager, and returns the id of the job that it submits. */
    public String run(Path jar, List<String> arguments, @Nullable String snapshot) throws InterruptedException {
        Map<String, Object> body = new TreeMap<>(Map.of("programArgsList", arguments));
        if (snapshot != null) {
            body.put("savepointPath", snapshot);
        }
        String uploaded = http.upload(jar);
        String job;
        try {
            job = http.post("/jars/" + uploaded + "/run", body).get("jobid").asText();
        } catch (RuntimeException | InterruptedException notRun) {
            try {
                remove(uploaded);
            } catch (CommandFailure notRemoved) {
                notRun.addSuppressed(notRemoved);
            }
            throw notRun;
        }
        remove(uploaded);
        return job;
    }

    private void remove(String uploaded) throws InterruptedException {
        http.delete("/jars/" + uploaded);
    }

    /** Takes a savepoint and returns its path. */
    String savepoint(String id, String target, String format) throws InterruptedException {
        return snapshot(id, "/savepoints", Map.of("target-directory", target, "formatType", format));
    }

    /** Takes a savepoint, stops the job, and returns the savepoint's path. */
    public String stopWithSavepoint(String id, String target, String format) throws InterruptedException {
        return snapshot(id, "/stop", Map.of("targetDirectory", target, "formatType", format, "drain", false));
    }

    private String snapshot(String id, String action, Map<String, Object> body) throws InterruptedException {
        String trigger =
                http.post("/jobs/" + id + action, body).get("request-id").asText();
        while (true) {
            JsonNode answer = http.get("/jobs/" + id + "/savepoints/" + trigger);
            if (answer.path("status").path("id").asText().equals("COMPLETED")) {
                JsonNode operation = answer.get("operation");
                if (operation.has("failure-cause")) {
                    throw new CommandFailure("the savepoint failed: "
                            + FlinkFailure.sentence(operation
                                    .get("failure-cause")
                                    .get("stack-trace")
                                    .asText()));
                }
                return operation.get("location").asText();
            }
            Thread.sleep(POLL.toMillis());
        }
    }

    public JsonNode get(String path) throws InterruptedException {
        return http.get(path);
    }

    JsonNode put(String path, Object body) throws InterruptedException {
        return http.put(path, body);
    }
}

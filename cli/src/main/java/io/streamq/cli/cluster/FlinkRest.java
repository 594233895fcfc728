package io.streamq.cli.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamq.cli.program.CommandFailure;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Flink's REST API, as far as clusters need it. */
public final class FlinkRest {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CAUSE = "Caused by: ";
    private static final Pattern THROWN =
            Pattern.compile("(?:[a-z]\\w*\\.)+(?<type>[A-Z][\\w$]*): (?<message>.*)", Pattern.DOTALL);

    /** One for all, as each has threads and connections of its own, and whoever waits asks ten times a second. */
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();

    private final String address;
    private final Duration requestTimeout;

    public FlinkRest(String address) {
        this(address, REQUEST_TIMEOUT);
    }

    FlinkRest(String address, Duration requestTimeout) {
        this.address = address;
        this.requestTimeout = requestTimeout;
    }

    /** What the cluster has. */
    record Overview(int taskManagers, int slots, int freeSlots) {}

    /** A job by what the overview says of it. */
    record Job(String id, String state, long startedAtMillis) {
        boolean hasEnded() {
            return List.of("FINISHED", "CANCELED", "FAILED").contains(state);
        }
    }

    /** The last snapshot that was completed. */
    record Checkpoint(long id, long completedAtMillis, long bytes, String path) {}

    /** What the cluster has, or nothing as long as it does not answer. */
    Optional<Overview> overview() throws InterruptedException {
        return ifItAnswers("/overview")
                .filter(answer -> answer.has("slots-total"))
                .map(answer -> new Overview(
                        answer.get("taskmanagers").asInt(),
                        answer.get("slots-total").asInt(),
                        answer.get("slots-available").asInt()));
    }

    /** The ids of the TaskManagers that are there; none as long as no JobManager answers. */
    List<String> registeredTaskManagers() throws InterruptedException {
        return ifItAnswers("/taskmanagers").stream()
                .flatMap(answer ->
                        StreamSupport.stream(answer.path("taskmanagers").spliterator(), false))
                .map(taskManager -> taskManager.get("id").asText())
                .toList();
    }

    /** All jobs that the JobManager remembers, the youngest first. */
    List<Job> jobs() throws InterruptedException {
        JsonNode jobs = get("/jobs/overview").get("jobs");
        return StreamSupport.stream(jobs.spliterator(), false)
                .map(job -> new Job(
                        job.get("jid").asText(),
                        job.get("state").asText(),
                        job.get("start-time").asLong()))
                .sorted((one, other) -> Long.compare(other.startedAtMillis, one.startedAtMillis))
                .toList();
    }

    /** A job in detail, as Flink tells it. */
    JsonNode job(String id) throws InterruptedException {
        return get("/jobs/" + id);
    }

    /** Whether all tasks of a job have begun to work. */
    boolean allTasksRun(String id) throws InterruptedException {
        JsonNode job = job(id);
        return job.get("state").asText().equals("RUNNING")
                && StreamSupport.stream(job.get("vertices").spliterator(), false)
                        .allMatch(vertex -> vertex.get("tasks").get("RUNNING").asInt()
                                == vertex.get("parallelism").asInt());
    }

    int parallelism(String id) throws InterruptedException {
        return StreamSupport.stream(job(id).get("vertices").spliterator(), false)
                .mapToInt(vertex -> vertex.get("parallelism").asInt())
                .max()
                .orElse(0);
    }

    Optional<Checkpoint> lastCheckpoint(String id) throws InterruptedException {
        JsonNode completed = get("/jobs/" + id + "/checkpoints").path("latest").path("completed");
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
     * How often the job has been restarted since a JobManager took it over: each restart is another attempt of its tasks. (The
     * metric numRestarts tells it, too, but over REST it was seen to stand still once TaskManagers were killed.)
     */
    long restarts(String id) throws InterruptedException {
        long attempts = 0;
        for (JsonNode vertex : job(id).get("vertices")) {
            JsonNode subtasks = get("/jobs/" + id + "/vertices/"
                            + vertex.get("id").asText())
                    .get("subtasks");
            for (JsonNode subtask : subtasks) {
                attempts = Math.max(attempts, subtask.get("attempt").asLong());
            }
        }
        return attempts;
    }

    /** The sentence with which the job failed last. */
    public Optional<String> lastFailure(String id) throws InterruptedException {
        JsonNode entries =
                get("/jobs/" + id + "/exceptions").path("exceptionHistory").path("entries");
        return entries.isEmpty()
                ? Optional.empty()
                : Optional.of(rootOf(entries.get(0).get("stacktrace").asText()));
    }

    /** Runs the main method of a jar in the JobManager, and returns the job that it submits. */
    public String run(Path jar, List<String> arguments, @Nullable String snapshot) throws InterruptedException {
        Map<String, Object> body = new TreeMap<>(Map.of("programArgsList", arguments));
        if (snapshot != null) {
            body.put("savepointPath", snapshot);
        }
        String uploaded = upload(jar);
        String job;
        try {
            job = send("POST", "/jars/" + uploaded + "/run", json(body))
                    .get("jobid")
                    .asText();
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
        send("DELETE", "/jars/" + uploaded, BodyPublishers.noBody());
    }

    private String upload(Path jar) throws InterruptedException {
        String boundary = UUID.randomUUID().toString();
        String head = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"jarfile\"; filename=\""
                + jar.getFileName() + "\"\r\nContent-Type: application/x-java-archive\r\n\r\n";
        try {
            BodyPublisher body = BodyPublishers.concat(
                    BodyPublishers.ofString(head),
                    BodyPublishers.ofFile(jar),
                    BodyPublishers.ofString("\r\n--" + boundary + "--\r\n"));
            JsonNode answer = send("POST", "/jars/upload", body, "multipart/form-data; boundary=" + boundary);
            return Path.of(answer.get("filename").asText()).getFileName().toString();
        } catch (IOException e) {
            throw new CommandFailure("the job's jar cannot be read: " + jar + " (" + e + ")", e);
        }
    }

    /** Takes a savepoint and returns where it is. */
    String savepoint(String id, String target, String format) throws InterruptedException {
        return snapshot(id, "/savepoints", Map.of("target-directory", target, "formatType", format));
    }

    /** Takes a savepoint, stops the job, and returns where the savepoint is. */
    public String stopWithSavepoint(String id, String target, String format) throws InterruptedException {
        return snapshot(id, "/stop", Map.of("targetDirectory", target, "formatType", format, "drain", false));
    }

    private String snapshot(String id, String action, Map<String, Object> body) throws InterruptedException {
        String trigger = send("POST", "/jobs/" + id + action, json(body))
                .get("request-id")
                .asText();
        while (true) {
            JsonNode answer = get("/jobs/" + id + "/savepoints/" + trigger);
            if (answer.path("status").path("id").asText().equals("COMPLETED")) {
                JsonNode operation = answer.get("operation");
                if (operation.has("failure-cause")) {
                    throw new CommandFailure("the savepoint failed: "
                            + rootOf(operation
                                    .get("failure-cause")
                                    .get("stack-trace")
                                    .asText()));
                }
                return operation.get("location").asText();
            }
            Thread.sleep(POLL.toMillis());
        }
    }

    private Optional<JsonNode> ifItAnswers(String path) throws InterruptedException {
        try {
            HttpResponse<String> answer =
                    answer(request("GET", path, BodyPublishers.noBody()).build());
            return answer.statusCode() == 200 ? Optional.of(JSON.readTree(answer.body())) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    public JsonNode get(String path) throws InterruptedException {
        return send("GET", path, BodyPublishers.noBody());
    }

    JsonNode put(String path, Object body) throws InterruptedException {
        return send("PUT", path, json(body));
    }

    private JsonNode send(String method, String path, BodyPublisher body) throws InterruptedException {
        return send(method, path, body, "application/json");
    }

    private JsonNode send(String method, String path, BodyPublisher body, String contentType)
            throws InterruptedException {
        HttpRequest request =
                request(method, path, body).header("Content-Type", contentType).build();
        try {
            HttpResponse<String> answer = method.equals("GET") ? answerAtLast(request) : answer(request);
            if (answer.statusCode() / 100 != 2) {
                throw new CommandFailure("Flink refused " + method + " " + path + ": " + refusal(answer.body()));
            }
            return JSON.readTree(answer.body());
        } catch (ConnectException e) {
            throw new CommandFailure(
                    "no JobManager answers at " + address + "; 'streamq cluster start' starts what is missing", e);
        } catch (IOException e) {
            throw new CommandFailure("the JobManager at " + address + " did not answer " + path + " (" + e + ")", e);
        }
    }

    private HttpResponse<String> answer(HttpRequest request) throws IOException, InterruptedException {
        return CLIENT.send(request, BodyHandlers.ofString());
    }

    /** The answer to a question that changes nothing; asked once more if none came in time, as one of the two may have stood still. */
    private HttpResponse<String> answerAtLast(HttpRequest question) throws IOException, InterruptedException {
        try {
            return answer(question);
        } catch (HttpTimeoutException e) {
            return answer(question);
        }
    }

    private HttpRequest.Builder request(String method, String path, BodyPublisher body) {
        return HttpRequest.newBuilder(URI.create(address + path))
                .timeout(requestTimeout)
                .method(method, body);
    }

    private static BodyPublisher json(Object body) {
        try {
            return BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body));
        } catch (IOException e) {
            throw new IllegalArgumentException("not to be written as JSON: " + body, e);
        }
    }

    private static String refusal(String body) {
        try {
            JsonNode errors = JSON.readTree(body).path("errors");
            return errors.isEmpty()
                    ? body
                    : rootOf(errors.get(errors.size() - 1).asText());
        } catch (IOException noJson) {
            return body;
        }
    }

    /** The message of the innermost cause that has one, all lines of it. */
    static String rootOf(String stackTrace) {
        Predicate<String> isFrame = line -> line.startsWith("\tat ") || line.startsWith("\t...");
        StringBuilder root = new StringBuilder();
        boolean inMessage = true;
        for (String line : stackTrace.lines().toList()) {
            if (isFrame.test(line)) {
                inMessage = false;
            } else if (line.startsWith(CAUSE)) {
                String cause = line.substring(CAUSE.length());
                inMessage = cause.contains(": ");
                if (inMessage) {
                    root.setLength(0);
                    root.append(cause);
                }
            } else if (inMessage) {
                root.append(root.isEmpty() ? "" : System.lineSeparator()).append(line);
            }
        }
        return withoutClass(root.toString().strip());
    }

    /** A sentence needs no class before it; all that is less than a sentence does. */
    private static String withoutClass(String message) {
        Matcher thrown = THROWN.matcher(message);
        if (!thrown.matches()) {
            return message;
        }
        boolean isSentence = thrown.group("message").contains(" ");
        return isSentence ? thrown.group("message") : thrown.group("type") + ": " + thrown.group("message");
    }
}

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
import java.util.Optional;
import java.util.UUID;

/**
 * JSON requests to a JobManager. All but {@link #ifItAnswers} fail with a {@link CommandFailure} that says why there is no answer,
 * or why the request was refused.
 */
final class FlinkHttp {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Shared, as each has its own threads and connections, and polling asks ten times a second. */
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();

    private final String address;
    private final Duration requestTimeout;

    FlinkHttp(String address, Duration requestTimeout) {
        this.address = address;
        this.requestTimeout = requestTimeout;
    }

    /** The answer, or empty unless it is a success. */
    Optional<JsonNode> ifItAnswers(String path) throws InterruptedException {
        try {
            HttpResponse<String> answer =
                    answer(request("GET", path, BodyPublishers.noBody()).build());
            return answer.statusCode() == 200 ? Optional.of(JSON.readTree(answer.body())) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    JsonNode get(String path) throws InterruptedException {
        return send("GET", path, BodyPublishers.noBody());
    }

    JsonNode post(String path, Object body) throws InterruptedException {
        return send("POST", path, json(body));
    }

    JsonNode put(String path, Object body) throws InterruptedException {
        return send("PUT", path, json(body));
    }

    JsonNode delete(String path) throws InterruptedException {
        return send("DELETE", path, BodyPublishers.noBody());
    }

    /** Uploads a jar and returns its name there. */
    String upload(Path jar) throws InterruptedException {
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

    /** The answer to a request that changes nothing; sent again once after a timeout, as either process may have been paused. */
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
            throw new IllegalArgumentException("cannot be written as JSON: " + body, e);
        }
    }

    private static String refusal(String body) {
        try {
            JsonNode errors = JSON.readTree(body).path("errors");
            return errors.isEmpty()
                    ? body
                    : FlinkFailure.sentence(errors.get(errors.size() - 1).asText());
        } catch (IOException noJson) {
            return body;
        }
    }
}

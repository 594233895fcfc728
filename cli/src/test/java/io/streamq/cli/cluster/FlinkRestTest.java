package io.streamq.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.streamq.cli.program.CommandFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlinkRestTest {
    private static final Duration PATIENT = Duration.ofSeconds(30);
    private static final Duration IMPATIENT = Duration.ofMillis(500);

    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger unanswered = new AtomicInteger();
    private final Semaphore goOn = new Semaphore(0);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Set<InetSocketAddress> connections = ConcurrentHashMap.newKeySet();
    private HttpServer jobManager;
    private String address;
    private FlinkRest rest;

    @BeforeEach
    void startJobManager() throws IOException {
        jobManager = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        jobManager.setExecutor(threads);
        jobManager.createContext("/", exchange -> {
            connections.add(exchange.getRemoteAddress());
            if (requests.incrementAndGet() <= unanswered.get()) {
                goOn.acquireUninterruptibly();
            }
            answer(exchange, 200, "{\"jid\": \"a\"}");
        });
        jobManager.start();
        address = "http://" + jobManager.getAddress().getHostString() + ":"
                + jobManager.getAddress().getPort();
        rest = new FlinkRest(address, PATIENT);
    }

    private static void answer(HttpExchange exchange, int status, String json) throws IOException {
        byte[] answer = json.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    @AfterEach
    void stopJobManager() {
        goOn.release(unanswered.get());
        jobManager.stop(0);
        threads.shutdown();
    }

    @Test
    void whoeverAsksAgainAndAgainNeedsOneConnection() throws Exception {
        for (int poll = 0; poll < 20; poll++) {
            assertThat(new FlinkRest(address, PATIENT).registeredTaskManagers()).isEmpty();
        }
        assertThat(connections).hasSize(1);
    }

    @Test
    void aQuestionIsAskedOnceMoreIfTheJobManagerStoodStill() throws Exception {
        unanswered.set(1);
        // So long for the answer that does not come, and at most so long for the one that does.
        FlinkRest halfPatient = new FlinkRest(address, Duration.ofSeconds(3));
        assertThat(halfPatient.job("a").get("jid").asText()).isEqualTo("a");
        assertThat(requests).hasValue(2);
    }

    @Test
    void aJobManagerThatStandsStillForGoodIsASentence() {
        unanswered.set(2);
        assertThatThrownBy(() -> new FlinkRest(address, IMPATIENT).job("a"))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("did not answer /jobs/a");
        assertThat(requests).hasValue(2);
    }

    @Test
    void whatChangesSomethingIsToldOnlyOnce() {
        unanswered.set(1);
        assertThatThrownBy(() ->
                        new FlinkRest(address, IMPATIENT).put("/jobs/a/resource-requirements", Map.of("a", List.of())))
                .isInstanceOf(CommandFailure.class);
        assertThat(requests).hasValue(1);
    }

    @ParameterizedTest
    @CsvSource({
        "RUNNING, 2, 0, true",
        "RUNNING, 1, 1, true",
        "FINISHED, 0, 2, true",
        "RUNNING, 1, 0, false",
        "RUNNING, 0, 0, false",
        "RESTARTING, 2, 0, false"
    })
    void aTaskThatHasReachedItsEndIsAsGoodAsOneThatWorks(String job, int running, int finished, boolean allRun)
            throws Exception {
        jobManager.createContext(
                "/jobs/b",
                exchange -> answer(
                        exchange,
                        200,
                        "{\"state\": \"" + job + "\", \"vertices\": [{\"parallelism\": 2, \"tasks\": {\"RUNNING\": "
                                + running + ", \"FINISHED\": " + finished + "}}]}"));
        assertThat(rest.allTasksRun("b")).isEqualTo(allRun);
    }

    @Test
    void whyAJarDidNotRunIsToldAlsoIfItCannotBeRemovedAfterwards(@TempDir Path folder) throws Exception {
        Path jar = Files.createFile(folder.resolve("job.jar"));
        jobManager.createContext("/jars/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            String asked = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            switch (asked) {
                case "POST /jars/upload" -> answer(exchange, 200, "{\"filename\": \"/tmp/1_job.jar\"}");
                case "POST /jars/1_job.jar/run" -> answer(exchange, 400, "{\"errors\": [\"a topic is missing\"]}");
                default -> answer(exchange, 500, "{\"errors\": [\"refused: " + asked + "\"]}");
            }
        });
        assertThatThrownBy(() -> rest.run(jar, List.of(), null))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("a topic is missing")
                .satisfies(failure -> assertThat(failure.getSuppressed())
                        .singleElement()
                        .satisfies(second -> assertThat(second).hasMessageContaining("DELETE /jars/1_job.jar")));
    }
}

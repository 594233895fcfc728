package io.streamq.benchmarks.contest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.streamq.cli.cluster.FlinkRest;
import io.streamq.cli.program.CommandFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClusterTaskTest {
    private String state = "RUNNING";
    private String failures = "";
    private HttpServer jobManager;
    private ClusterTask task;

    @BeforeEach
    void startJobManager() throws IOException {
        jobManager = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        answer("/jobs/a", () -> "{'name': 'streamq', 'state': '" + state + "', 'vertices': []}");
        answer("/jobs/a/exceptions", () -> "{'exceptionHistory': {'entries': [" + failures + "]}}");
        jobManager.start();
        InetSocketAddress address = jobManager.getAddress();
        task = new ClusterTask(
                new FlinkRest("http://" + address.getHostString() + ":" + address.getPort()),
                "a",
                Path.of("savepoints"));
    }

    private interface Answer {
        String now();
    }

    private void answer(String path, Answer json) {
        jobManager.createContext(path, exchange -> {
            byte[] body = json.now().replace('\'', '"').getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }

    @AfterEach
    void stopJobManager() {
        jobManager.stop(0);
    }

    @Test
    void aJobThatHasNotBegunIsWaitedFor() throws Exception {
        assertThat(task.applied()).isZero();
    }

    /** It is restarted for as long as it takes, so by its state it never fails. */
    @Test
    void aJobThatFailedIsToldByItsCauseAtTheFirstCountThatStandsStill() {
        failures = "{'stacktrace': 'java.lang.RuntimeException: outer\\n\\tat a.B\\n"
                + "Caused by: java.io.IOException: the disk is full\\n\\tat a.C'}";
        assertThatThrownBy(() -> task.applied())
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("the job 'streamq' failed")
                .hasMessageContaining(": the disk is full");
    }

    @Test
    void aJobThatWasCancelledIsNotWaitedFor() {
        state = "CANCELED";
        assertThatThrownBy(() -> task.applied())
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("it is CANCELED");
    }
}

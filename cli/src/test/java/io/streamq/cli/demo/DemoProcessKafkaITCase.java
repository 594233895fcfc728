package io.streamq.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamq.cli.StreamqProcess;
import io.streamq.cli.program.ProcessState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as a user runs it. */
class DemoProcessKafkaITCase {
    private static final Pattern BROKER = Pattern.compile("Kafka is at 127\\.0\\.0\\.1:(\\d+)");

    @TempDir
    private Path folder;

    @Test
    void theDemoEndsByItselfWithAnOptimalPolicy() throws Exception {
        try (StreamqProcess demo = StreamqProcess.start(folder, "demo")) {
            assertThat(demo.awaitExit(Duration.ofMinutes(2))).as(demo.err()).isZero();
            List<String> lines = demo.out().lines().toList();
            assertThat(lines.get(0)).contains("8 agents in frozen-lake-4x4");
            assertThat(demo.out()).contains("learnt", "exact", "★");
            assertThat(lines.get(lines.size() - 1))
                    .startsWith("Optimal after")
                    .contains("optimal in all 10 states that matter");
            assertThat(StreamqProcess.temporaryFiles(folder)).isEmptyDirectory();
        }
    }

    @Test
    void ctrlCLeavesNoProcessNoPortAndNoFolderWithinFiveSeconds() throws Exception {
        try (StreamqProcess demo =
                StreamqProcess.start(folder, "demo", "--world", "random", "--states", "5000", "--actions", "16")) {
            await().atMost(Duration.ofSeconds(90))
                    .until(() -> BROKER.matcher(demo.out()).find() && demo.err().contains(" experiences "));
            Matcher broker = BROKER.matcher(demo.out());
            assertThat(broker.find()).isTrue();
            int port = Integer.parseInt(broker.group(1));
            assertThat(accepts(port)).isTrue();
            List<ProcessHandle> processes =
                    ProcessHandle.of(demo.pid()).orElseThrow().descendants().toList();

            demo.interrupt();

            assertThat(demo.awaitExit(Duration.ofSeconds(5))).isEqualTo(130);
            assertThat(processes).noneMatch(ProcessState::isRunning);
            assertThat(accepts(port)).isFalse();
            assertThat(StreamqProcess.temporaryFiles(folder)).isEmptyDirectory();
        }
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            return true;
        } catch (IOException refused) {
            return false;
        }
    }
}

package io.streamq.cli.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.streamq.cli.cluster.FreePorts;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalBrokerKafkaITCase {
    /** Kafka's metrics library starts one per JVM, as a daemon, and never stops it. */
    private static final String METER_THREADS = "metrics-meter-tick-thread";

    @Test
    void leavesNoFolderThreadOrPortBehind() throws Exception {
        Set<Thread> before = new HashSet<>(Thread.getAllStackTraces().keySet());
        LocalBroker broker = LocalBroker.start(new FreePorts().any(), null);
        createTopic(broker, "topic");
        assertThat(broker.folder()).isNotEmptyDirectory();

        long start = System.nanoTime();
        broker.close();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));

        assertThat(broker.folder()).doesNotExist();
        try (ServerSocket samePort = new ServerSocket(port(broker), 1, InetAddress.getLoopbackAddress())) {
            assertThat(samePort.isBound()).isTrue();
        }
        await().pollInSameThread()
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .filteredOn(thread ->
                                !before.contains(thread) && !thread.getName().startsWith(METER_THREADS))
                        .isEmpty());
    }

    @Test
    void closingTwiceIsClosingOnce() throws IOException {
        LocalBroker broker = LocalBroker.start();
        broker.close();
        broker.close();
        assertThat(broker.folder()).doesNotExist();
    }

    /** As by Ctrl-C while Kafka opens its files. */
    @Test
    void aStartThatIsInterruptedLeavesNoFolderBehind() throws Exception {
        BrokerNode node = BrokerNode.alone(0);
        Thread starting = new Thread(() -> {
            Throwable unused =
                    catchThrowable(() -> LocalBroker.start(node, null).close());
        });
        starting.start();
        await().pollInSameThread().pollInterval(Duration.ofMillis(1)).until(() -> startsServers(starting));

        starting.interrupt();
        starting.join();
        assertThat(temporaryFoldersOf(node)).isEmpty();
    }

    private static boolean startsServers(Thread starting) {
        return Arrays.stream(starting.getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals("startServers"));
    }

    private static List<Path> temporaryFoldersOf(BrokerNode node) throws IOException {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(temporary, "streamq-kafka-*")) {
            for (Path folder : folders) {
                Path properties = folder.resolve("meta.properties");
                if (Files.exists(properties) && Files.readString(properties).contains(node.clusterId())) {
                    found.add(folder);
                }
            }
        }
        return found;
    }

    @Test
    void severalBrokersLiveSideBySide() throws Exception {
        try (LocalBroker one = LocalBroker.start();
                LocalBroker other = LocalBroker.start()) {
            assertThat(one.bootstrapServers()).isNotEqualTo(other.bootstrapServers());
            createTopic(one, "only-here");
            assertThat(topics(other)).doesNotContain("only-here");
        }
    }

    @Test
    void dataInAFolderOfOnesOwnIsFoundAgain(@TempDir Path folder) throws Exception {
        Path data = folder.resolve("kafka");
        try (LocalBroker broker = LocalBroker.start(0, data)) {
            createTopic(broker, "kept");
        }
        assertThat(data).isNotEmptyDirectory();
        try (LocalBroker broker = LocalBroker.start(0, data)) {
            assertThat(topics(broker)).contains("kept");
        }
    }

    @Test
    void fixedPortIsUsedAndOneInUseIsRefused() throws IOException {
        try (LocalBroker any = LocalBroker.start()) {
            assertThatThrownBy(() -> LocalBroker.start(port(any), null)).isInstanceOf(BindException.class);
        }
        int free = new FreePorts().any();
        try (LocalBroker broker = LocalBroker.start(free, null)) {
            assertThat(broker.bootstrapServers()).isEqualTo("127.0.0.1:" + free);
        }
    }

    private static int port(LocalBroker broker) {
        return Integer.parseInt(broker.bootstrapServers().substring("127.0.0.1:".length()));
    }

    private static void createTopic(LocalBroker broker, String topic) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic, 2, (short) 1))).all().get();
        }
    }

    private static Set<String> topics(LocalBroker broker) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            return admin.listTopics().names().get();
        }
    }
}

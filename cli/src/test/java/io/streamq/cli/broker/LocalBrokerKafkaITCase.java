package io.streamq.cli.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalBrokerKafkaITCase {
    /** Kafka's metrics library starts one per JVM, as a daemon, and never stops it. */
    private static final String METER_THREADS = "metrics-meter-tick-thread";

    @Test
    void leavesNoFolderThreadOrPortBehind() throws Exception {
        Set<Thread> before = new HashSet<>(Thread.getAllStackTraces().keySet());
        LocalBroker broker = LocalBroker.start();
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
    void threeBrokersFormAClusterInWhichATopicOutlivesItsLeader(@TempDir Path folder) throws Exception {
        List<Integer> controllers = freePorts(3);
        String id = Uuid.randomUuid().toString();
        ExecutorService atOnce = Executors.newFixedThreadPool(controllers.size());
        List<LocalBroker> brokers = new ArrayList<>();
        try {
            for (Future<LocalBroker> started : atOnce.invokeAll(IntStream.rangeClosed(1, controllers.size())
                    .<Callable<LocalBroker>>mapToObj(number -> () ->
                            LocalBroker.start(new BrokerNode(number, 0, id, controllers), folder.resolve("" + number)))
                    .toList())) {
                brokers.add(started.get());
            }
            String addresses =
                    brokers.stream().map(LocalBroker::bootstrapServers).collect(Collectors.joining(","));
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", addresses))) {
                admin.createTopics(List.of(new NewTopic("topic", Optional.of(1), Optional.empty())))
                        .all()
                        .get();
                await().untilAsserted(() -> assertThat(partition(admin).isr()).hasSize(controllers.size()));

                int leader = partition(admin).leader().id();
                brokers.get(leader - 1).close();

                await().untilAsserted(
                                () -> assertThat(partition(admin).leader().id()).isNotEqualTo(leader));
            }
        } finally {
            atOnce.shutdownNow();
            brokers.forEach(LocalBroker::close);
        }
    }

    private static TopicPartitionInfo partition(Admin admin) throws ExecutionException, InterruptedException {
        return admin.describeTopics(List.of("topic"))
                .allTopicNames()
                .get()
                .get("topic")
                .partitions()
                .get(0);
    }

    private static List<Integer> freePorts(int number) throws IOException {
        List<Integer> ports = new ArrayList<>();
        List<ServerSocket> sockets = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            sockets.add(socket);
            ports.add(socket.getLocalPort());
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return ports;
    }

    @Test
    void fixedPortIsUsedAndOneInUseIsRefused() throws IOException {
        try (LocalBroker any = LocalBroker.start()) {
            assertThatThrownBy(() -> LocalBroker.start(port(any), null)).isInstanceOf(BindException.class);
        }
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
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

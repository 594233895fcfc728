package io.streamq.cli.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.FaultHandlerFactory;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.Server;
import kafka.server.SharedServer;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.metadata.bootstrap.BootstrapMetadata;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.raft.QuorumConfig;
import org.apache.kafka.server.ServerSocketFactory;
import org.apache.kafka.server.fault.FaultHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/**
 * A real Kafka broker in this JVM: KRaft, broker and controller in one, TCP on 127.0.0.1, settings for a small footprint. Its data
 * lies in a temporary folder that {@link #close} removes. Whoever starts it closes it, also on Ctrl-C: its own shutdown hook would
 * stop it while its clients are still closing.
 *
 * <p>Composed like {@link KafkaRaftServer}, which cannot be used itself: it binds ports only after the configuration that must
 * name them exists, and a fatal fault in it halts the whole JVM.
 */
public final class LocalBroker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalBroker.class);

    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(2);

    /** How much of the machine compaction may take. */
    public enum Compaction {
        /** As much as Kafka's defaults allow. */
        PROMPT,
        /** Little: data that is soon discarded need not be compacted at the clients' expense. */
        AT_LEISURE
    }

    private final BrokerNode node;
    private final Path folder;
    private final boolean folderIsTemporary;
    private final Map<String, ServerSocketChannel> sockets = new HashMap<>();
    private final int port;
    private final ControllerServer controller;
    private final BrokerServer broker;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Starts a broker on a free port, with its data in a temporary folder.
     *
     * @throws IOException if the folder or the sockets cannot be had
     */
    public static LocalBroker start() throws IOException {
        return start(0, null);
    }

    /**
     * Starts a broker; it is ready for clients when this returns.
     *
     * @param port port for clients, or 0 for any free one
     * @param folder where the data stays after {@link #close} and is found again, or null for a temporary folder
     * @throws IOException if the folder or the sockets cannot be had, {@link java.net.BindException} if the port is in use
     */
    public static LocalBroker start(int port, @Nullable Path folder) throws IOException {
        return start(BrokerNode.alone(port), folder);
    }

    /**
     * Starts a broker on a free port.
     *
     * @param folder where the data stays after {@link #close} and is found again
     * @throws IOException if the folder or the sockets cannot be had
     */
    public static LocalBroker start(Path folder, Compaction compaction) throws IOException {
        return start(BrokerNode.alone(0), folder, compaction);
    }

    /**
     * Starts a broker of a cluster; it is ready for clients when this returns, which needs a majority of the brokers.
     *
     * @param node which one it is
     * @param folder where its data stays after {@link #close} and is found again, or null for a temporary folder
     * @throws IOException if the folder or the sockets cannot be had, {@link java.net.BindException} if a port is in use
     */
    public static LocalBroker start(BrokerNode node, @Nullable Path folder) throws IOException {
        return start(node, folder, folder == null ? Compaction.AT_LEISURE : Compaction.PROMPT);
    }

    private static LocalBroker start(BrokerNode node, @Nullable Path folder, Compaction compaction) throws IOException {
        Path data = folder == null ? Files.createTempDirectory("streamq-kafka-") : Files.createDirectories(folder);
        LocalBroker broker;
        try {
            broker = new LocalBroker(node, data, folder == null, compaction);
        } catch (IOException | RuntimeException e) {
            if (folder == null) {
                Utils.delete(data.toFile());
            }
            throw e;
        }
        try {
            broker.startServers();
            return broker;
        } catch (Throwable e) { // Scala declares no checked exception, and an interrupt leads to an IOException
            broker.close();
            throw e;
        }
    }

    private LocalBroker(BrokerNode node, Path folder, boolean folderIsTemporary, Compaction compaction)
            throws IOException {
        this.node = node;
        this.folder = folder;
        this.folderIsTemporary = folderIsTemporary;
        // Bound before Kafka is configured: its ports are then known, and no other process can take them meanwhile.
        this.port = bind(BrokerNode.BROKER_LISTENER, node.port());
        try {
            int controllerPort = bind(BrokerNode.CONTROLLER_LISTENER, node.controllerPort());
            KafkaConfig config =
                    new KafkaConfig(node.settings(port, controllerPort, folder, folderIsTemporary, compaction), false);
            format(config);
            Tuple2<MetaPropertiesEnsemble, BootstrapMetadata> storage =
                    KafkaRaftServer.initializeLogDirs(config, LOG, "");
            SharedServer shared = sharedServer(config, storage._1());
            this.broker = new BrokerServer(shared);
            this.controller = new ControllerServer(shared, KafkaRaftServer.configSchema(), storage._2());
        } catch (IOException | RuntimeException e) {
            closeSockets();
            throw e;
        }
    }

    private int bind(String listener, int requestedPort) throws IOException {
        ServerSocketChannel socket = ServerSocketChannel.open();
        // Loopback by address: "localhost" may be ::1 for one side and 127.0.0.1 for the other.
        InetSocketAddress address =
                new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), requestedPort);
        try {
            socket.configureBlocking(false);
            socket.bind(address);
            sockets.put(listener, socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        return socket.socket().getLocalPort();
    }

    /** Formats an empty folder; one that a broker has used before stays as it is. */
    private void format(KafkaConfig config) {
        if (Files.exists(folder.resolve(MetaPropertiesEnsemble.META_PROPERTIES_NAME))) {
            return;
        }
        try (PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false)) {
            new Formatter()
                    .setPrintStream(nowhere)
                    .setClusterId(node.clusterId())
                    .setNodeId(node.number())
                    .setControllerListenerName(BrokerNode.CONTROLLER_LISTENER)
                    .setMetadataLogDirectory(config.metadataLogDir())
                    .addDirectory(folder.toString())
                    .run();
        } catch (Exception e) {
            throw new IllegalStateException("the data folder of the broker could not be formatted: " + folder, e);
        }
    }

    private SharedServer sharedServer(KafkaConfig config, MetaPropertiesEnsemble storage) {
        Metrics metrics = Server.initializeMetrics(
                config, Time.SYSTEM, storage.clusterId().orElseThrow());
        ServerSocketFactory boundAlready =
                (listener, address, backlog, bufferSize) -> Objects.requireNonNull(sockets.remove(listener), listener);
        return new SharedServer(
                config,
                storage,
                Time.SYSTEM,
                metrics,
                CompletableFuture.completedFuture(
                        QuorumConfig.parseVoterConnections(config.quorumConfig().voters())),
                QuorumConfig.parseBootstrapServers(config.quorumConfig().bootstrapServers()),
                logFaults(),
                boundAlready);
    }

    /** Kafka's own factory halts the JVM on a fatal fault, which an embedded broker must not. */
    private static FaultHandlerFactory logFaults() {
        return (name, fatal, action) -> new FaultHandler() {
            @Override
            public RuntimeException handleFault(String message, @Nullable Throwable cause) {
                LOG.error("Kafka's {} failed: {}", name, message, cause);
                action.run();
                return new IllegalStateException("Kafka's " + name + " failed: " + message, cause);
            }
        };
    }

    private void startServers() {
        controller.startup();
        broker.startup();
    }

    /** Where clients connect to, {@code 127.0.0.1:port}. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** Where the data lies. */
    public Path folder() {
        return folder;
    }

    /** Stops the broker and removes its temporary folder; does nothing the second time. */
    @Override
    public synchronized void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            broker.shutdown(SHUTDOWN_TIMEOUT);
        } finally {
            try {
                controller.shutdown();
            } finally {
                closeSockets();
                if (folderIsTemporary) {
                    removeFolder();
                }
            }
        }
    }

    /** Sockets that Kafka has not taken over; it closes its own. */
    private void closeSockets() {
        sockets.values().forEach(socket -> Utils.closeQuietly(socket, "socket"));
    }

    private void removeFolder() {
        try {
            Utils.delete(folder.toFile());
        } catch (IOException e) {
            LOG.warn("the data folder of the broker could not be removed: {}", folder, e);
        }
    }
}

package io.streamq.cli.broker;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;

/**
 * A broker of a cluster; each broker is also a controller.
 *
 * @param number of this one, from 1
 * @param port for clients, or 0 for any free one
 * @param clusterId the same for all of them
 * @param controllerPorts of all of them; only this one's may be 0, for any free one
 */
public record BrokerNode(int number, int port, String clusterId, List<Integer> controllerPorts) {
    static final String BROKER_LISTENER = "BROKER";
    static final String CONTROLLER_LISTENER = "CONTROLLER";

    private static final int MOST_REPLICAS = 3;
    /** Kafka's default. */
    private static final long MOST_COMPACTION_BYTES = 128L << 20;

    private static final long LEISURELY_COMPACTION_BYTES_PER_SECOND = 4L << 20;

    static BrokerNode alone(int port) {
        return new BrokerNode(1, port, Uuid.randomUuid().toString(), List.of(0));
    }

    int controllerPort() {
        return controllerPorts.get(number - 1);
    }

    private int replicas() {
        return Math.min(MOST_REPLICAS, controllerPorts.size());
    }

    /** A partition stays writable when one of its brokers is lost. */
    private int replicasInSync() {
        return Math.max(1, replicas() - 1);
    }

    private String voters(int ownControllerPort) {
        return IntStream.rangeClosed(1, controllerPorts.size())
                .mapToObj(voter ->
                        voter + "@127.0.0.1:" + (voter == number ? ownControllerPort : controllerPorts.get(voter - 1)))
                .collect(Collectors.joining(","));
    }

    /**
     * Kafka's settings, for a small footprint.
     *
     * @param boundPort for clients
     * @param boundControllerPort of this one
     * @param folderIsTemporary whether the data is removed with the broker
     */
    Map<String, String> settings(
            int boundPort,
            int boundControllerPort,
            Path folder,
            boolean folderIsTemporary,
            LocalBroker.Compaction compaction) {
        Map<String, String> settings = new HashMap<>();
        settings.put("node.id", "" + number);
        settings.put("process.roles", "broker,controller");
        settings.put(
                "listeners",
                BROKER_LISTENER + "://127.0.0.1:" + boundPort + "," + CONTROLLER_LISTENER + "://127.0.0.1:"
                        + boundControllerPort);
        settings.put(
                "listener.security.protocol.map", BROKER_LISTENER + ":PLAINTEXT," + CONTROLLER_LISTENER + ":PLAINTEXT");
        settings.put("inter.broker.listener.name", BROKER_LISTENER);
        settings.put("controller.listener.names", CONTROLLER_LISTENER);
        settings.put("controller.quorum.voters", voters(boundControllerPort));
        settings.put("log.dirs", folder.toString());

        settings.put("auto.create.topics.enable", "false");
        settings.put("group.initial.rebalance.delay.ms", "0");
        for (String internalTopic :
                new String[] {"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
            settings.put(internalTopic + ".replication.factor", "" + replicas());
            settings.put(internalTopic + ".num.partitions", "1");
        }
        settings.put("transaction.state.log.min.isr", "" + replicasInSync());
        settings.put("share.coordinator.state.topic.min.isr", "" + replicasInSync());
        settings.put("default.replication.factor", "" + replicas());
        settings.put("min.insync.replicas", "" + replicasInSync());

        settings.put("num.network.threads", "2");
        settings.put("num.io.threads", "4");
        settings.put("background.threads", "2");
        settings.put("log.cleaner.dedupe.buffer.size", "" + compactionBytes());

        if (compaction == LocalBroker.Compaction.AT_LEISURE) {
            settings.put("log.cleaner.io.max.bytes.per.second", "" + LEISURELY_COMPACTION_BYTES_PER_SECOND);
        }
        if (!folderIsTemporary) {
            // After a kill, its partitions have no other leader and its successor must wait for this long; by default,
            // 9 s.
            settings.put("broker.session.timeout.ms", "5000");
            settings.put("broker.heartbeat.interval.ms", "1000");
        }
        // A controlled shutdown lets a later broker on the same folder register at once instead of after that time; for
        // a temporary folder it would only take time.
        settings.put("controlled.shutdown.enable", "" + !folderIsTemporary);
        // No no-op metadata records twice a second.
        settings.put("metadata.max.idle.interval.ms", "0");
        return settings;
    }

    /**
     * A compaction takes as many keys as its buffer holds, 24 bytes each, and rewrites the whole log: with too small a buffer it
     * never ends.
     */
    private static long compactionBytes() {
        return Math.min(MOST_COMPACTION_BYTES, Runtime.getRuntime().maxMemory() / 32);
    }
}

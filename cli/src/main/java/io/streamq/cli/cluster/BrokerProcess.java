package io.streamq.cli.cluster;

import io.streamq.cli.broker.BrokerNode;
import io.streamq.cli.broker.LocalBroker;
import io.streamq.cli.program.Interruption;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/** The main class of a Kafka broker that runs until it is asked to stop. */
public final class BrokerProcess {
    private BrokerProcess() {}

    public static void main(String[] args) throws IOException {
        try (Interruption interruption = Interruption.ofThisThread();
                LocalBroker broker = LocalBroker.start(node(args), Path.of(args[0]))) {
            System.out.println("Kafka listens at " + broker.bootstrapServers());
            new CountDownLatch(1).await();
        } catch (InterruptedException asked) {
            return;
        }
    }

    private static BrokerNode node(String[] args) {
        return new BrokerNode(
                Integer.parseInt(args[1]),
                Integer.parseInt(args[2]),
                args[3],
                Arrays.stream(args).skip(4).map(Integer::valueOf).toList());
    }

    /** The arguments of {@link #main}. */
    static List<String> arguments(BrokerNode node, Path folder) {
        return Stream.concat(
                        Stream.of(folder, node.number(), node.port(), node.clusterId()),
                        node.controllerPorts().stream())
                .map(Object::toString)
                .toList();
    }
}

package io.streamq.cli.cluster;

import io.streamq.cli.Interruption;
import io.streamq.cli.broker.LocalBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** The main class of a Kafka broker that runs until it is asked to end. */
public final class BrokerProcess {
    private BrokerProcess() {}

    public static void main(String[] args) throws IOException {
        try (Interruption interruption = Interruption.ofThisThread();
                LocalBroker broker = LocalBroker.start(Integer.parseInt(args[0]), Path.of(args[1]))) {
            System.out.println("Kafka listens at " + broker.bootstrapServers());
            new CountDownLatch(1).await();
        } catch (InterruptedException asked) {
            return;
        }
    }

    /** The arguments of {@link #main}. */
    static List<String> arguments(int port, Path folder) {
        return List.of(String.valueOf(port), folder.toString());
    }
}

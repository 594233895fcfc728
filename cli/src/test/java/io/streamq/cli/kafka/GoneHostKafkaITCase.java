package io.streamq.cli.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.cli.broker.LocalBroker;
import io.streamq.job.kafka.WholeTopic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** One of the addresses is of a host that is gone. Which of them Kafka's client asks first is chance: so often it is the wrong one once. */
class GoneHostKafkaITCase {
    private static final String TOPIC = "words";
    private static final int OFTEN = 8;
    private static final Duration PATIENCE = Duration.ofMillis(1_600);

    private static LocalBroker broker;
    private static GoneHost gone;

    @BeforeAll
    static void start() throws Exception {
        broker = LocalBroker.start();
        gone = new GoneHost();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
        }
    }

    @AfterAll
    static void stop() throws Exception {
        gone.close();
        broker.close();
    }

    @RepeatedTest(OFTEN)
    void aTopicIsFoundByTheOtherAddress() {
        KafkaConnection connection =
                KafkaConnection.to(broker.bootstrapServers() + "," + gone.address(), Map.of(), PATIENCE);
        assertThat(connection.hasTopic(TOPIC)).isTrue();
    }

    @Test
    void whoLooksForAListenerIsSoonWithTheNextAddress() {
        KafkaConnection connection =
                KafkaConnection.to(gone.address() + "," + broker.bootstrapServers(), Map.of(), PATIENCE);
        long start = System.nanoTime();
        connection.openAdmin().close(Duration.ZERO);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(PATIENCE);
    }

    @RepeatedTest(OFTEN)
    void aTopicIsReadByTheOtherAddress() throws Exception {
        String addresses = gone.address() + "," + broker.bootstrapServers();
        try (WholeTopic topic = new WholeTopic(addresses, Map.of(), TOPIC, PATIENCE)) {
            topic.readOn(consumed -> {});
        }
    }
}

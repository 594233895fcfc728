package io.streamq.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.streamq.agent.DeliveryFailedException;
import io.streamq.agent.ExperiencePublisher;
import io.streamq.agent.PolicyView;
import io.streamq.agent.PolicyViewSettings;
import io.streamq.agent.PublisherSettings;
import io.streamq.agent.StatePolicy;
import io.streamq.cli.broker.LocalBroker;
import io.streamq.cli.topics.TopicsCommand;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.Experience;
import io.streamq.schemas.PolicyKey;
import io.streamq.schemas.PolicyUpdate;
import io.streamq.schemas.Topics;
import io.streamq.schemas.UpdateReason;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client library of live agents against a real broker. */
class AgentKafkaITCase {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private LocalBroker broker;
    private KafkaProducer<byte[], byte[]> job;

    @BeforeEach
    void startBroker() throws Exception {
        broker = LocalBroker.start(0, folder.resolve("kafka"));
        TopicsCommand.createDefaults(broker.bootstrapServers(), 2);
        job = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @AfterEach
    void stopBroker() {
        job.close(Duration.ZERO);
        broker.close();
    }

    private void restartBroker() throws Exception {
        int port = Integer.parseInt(broker.bootstrapServers().substring("127.0.0.1:".length()));
        broker = LocalBroker.start(port, broker.folder());
    }

    private PolicyView view() {
        return new PolicyView(PolicyViewSettings.of(broker.bootstrapServers(), "lake"));
    }

    private ExperiencePublisher publisher(Map<String, String> properties) {
        return new ExperiencePublisher(
                PublisherSettings.of(broker.bootstrapServers(), "agent").withClientProperties(properties));
    }

    /** What the job would send. */
    private void announce(String state, int action, long epoch, long version) throws Exception {
        PolicyUpdate update = PolicyUpdate.newBuilder()
                .setPolicyId("lake")
                .setState(state)
                .setAction(action)
                .setValue(1)
                .setQValues(List.of(1.0, 1.0, 1.0))
                .setVisits(List.of(1L, 1L, 1L))
                .setUpdates(3)
                .setVersion(version)
                .setEpoch(epoch)
                .setReason(UpdateReason.GREEDY_ACTION_CHANGED)
                .setUpdatedAt(Instant.EPOCH)
                .build();
        send(state, AvroCodec.policyUpdate().encode(update));
    }

    private void send(String state, byte @Nullable [] value) throws Exception {
        job.send(new ProducerRecord<>(Topics.POLICY, new PolicyKey("lake", state).toBytes(), value))
                .get();
    }

    private static Experience experience(long step) {
        return Experience.newBuilder()
                .setStep(step)
                .setState("s")
                .setAction(0)
                .setReward(1)
                .setNextState("t")
                .setTerminated(false)
                .build();
    }

    /** The steps of all experience on the topic, in order. */
    private List<Long> publishedSteps() throws Exception {
        List<Long> steps = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions =
                    List.of(new TopicPartition(Topics.EXPERIENCES, 0), new TopicPartition(Topics.EXPERIENCES, 1));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long end = consumer.endOffsets(partitions).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            AvroCodec<Experience> codec = AvroCodec.experience();
            while (steps.size() < end) {
                for (var published : consumer.poll(Duration.ofMillis(100))) {
                    steps.add(codec.decode(published.value()).getStep());
                }
            }
        }
        return steps;
    }

    private static int actionOf(PolicyView view, String state) {
        StatePolicy known = view.lookup(state);
        return known == null ? -1 : known.action();
    }

    @Test
    void aViewKnowsWhatStoodOnTheTopicAndThenFollows() throws Exception {
        for (int state = 0; state < 500; state++) {
            announce("" + state, 0, 1, 1);
        }
        announce("7", 2, 1, 2);
        try (PolicyView view = view()) {
            view.awaitCaughtUp(PATIENCE);
            assertThat(view.size()).isEqualTo(500);
            assertThat(actionOf(view, "7")).isEqualTo(2);

            announce("new", 1, 1, 1);
            await().atMost(PATIENCE).until(() -> actionOf(view, "new") == 1);
        }
    }

    @Test
    void aLateRecordOfADeadAttemptNeverWins() throws Exception {
        announce("s", 1, 2, 1);
        announce("s", 0, 1, 99);
        try (PolicyView view = view()) {
            view.awaitCaughtUp(PATIENCE);
            assertThat(actionOf(view, "s")).isEqualTo(1);

            announce("s", 0, 1, 100);
            announce("marker", 0, 1, 1);
            await().atMost(PATIENCE).until(() -> view.lookup("marker") != null);
            assertThat(actionOf(view, "s")).isEqualTo(1);
        }
    }

    @Test
    void aTombstoneForgetsAndWhatFollowsItStands() throws Exception {
        announce("s", 1, 2, 5);
        try (PolicyView view = view()) {
            view.awaitCaughtUp(PATIENCE);
            send("s", null);
            await().atMost(PATIENCE).until(() -> view.lookup("s") == null);
            announce("s", 2, 2, 6);
            await().atMost(PATIENCE).until(() -> actionOf(view, "s") == 2);
        }
    }

    @Test
    void closingDeliversAllThatWasPublished() throws Exception {
        int experiences = 5_000;
        // Nothing leaves by itself for a minute.
        ExperiencePublisher publisher = publisher(Map.of("linger.ms", "60000", "batch.size", "1000000"));
        try (publisher) {
            for (long step = 0; step < experiences; step++) {
                publisher.publish(experience(step));
            }
        }
        assertThat(publisher.acknowledged()).isEqualTo(experiences);
        assertThat(publishedSteps())
                .containsExactlyElementsOf(
                        LongStream.range(0, experiences).boxed().toList());
    }

    private static void publish(ExperiencePublisher publisher, long from, long to) {
        try {
            for (long step = from; step < to; step++) {
                publisher.publish(experience(step));
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anOutageOfTheBrokerLosesNothingAndDoublesNothing() throws Exception {
        long experiences = 3_000;
        announce("s", 0, 1, 1);
        try (PolicyView view = view();
                ExperiencePublisher publisher = publisher(Map.of())) {
            view.awaitCaughtUp(PATIENCE);
            publish(publisher, 0, 1_000);

            broker.close();
            // In a thread of its own, as publishing may wait for the broker to come back.
            CompletableFuture<Void> during = CompletableFuture.runAsync(() -> publish(publisher, 1_000, 2_000));
            assertThat(actionOf(view, "s")).as("known while the broker is away").isZero();
            restartBroker();
            during.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

            publish(publisher, 2_000, experiences);
            publisher.flush();
            assertThat(publishedSteps())
                    .containsExactlyElementsOf(
                            LongStream.range(0, experiences).boxed().toList());
            announce("s", 1, 1, 2);
            await().atMost(PATIENCE).until(() -> actionOf(view, "s") == 1);
        }
    }

    /** Kafka's client never recovers: KAFKA-20237. */
    @Test
    void whoIsRefusedFromTheStartIsToldToOpenANewPublisher() {
        String login =
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"a\" password=\"b\";";
        ExperiencePublisher publisher = publisher(
                Map.of("security.protocol", "SASL_PLAINTEXT", "sasl.mechanism", "PLAIN", "sasl.jaas.config", login));
        try (publisher) {
            publish(publisher, 0, 1);
            assertThatThrownBy(publisher::flush)
                    .isInstanceOf(DeliveryFailedException.class)
                    .hasMessageContaining("close this publisher and open a new one");
        }
    }

    /** Dates what is sent as an agent would whose clock is two hours ahead. Made by Kafka, by name. */
    public static final class HoursAhead implements ProducerInterceptor<byte[], byte[]> {
        @Override
        public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> sent) {
            long dated = System.currentTimeMillis() + Duration.ofHours(2).toMillis();
            return new ProducerRecord<>(sent.topic(), sent.partition(), dated, sent.key(), sent.value());
        }

        @Override
        public void configure(Map<String, ?> unused) {}

        @Override
        public void close() {}
    }

    @Test
    void onATopicThatAgentsDateTheClockIsNamedToOneThatIsAhead() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic("dated-by-agents", 1, (short) 1)))
                    .all()
                    .get();
        }
        try (ExperiencePublisher publisher =
                new ExperiencePublisher(PublisherSettings.of(broker.bootstrapServers(), "agent")
                        .withTopic("dated-by-agents")
                        // Whatever is published until a flush is one batch.
                        .withClientProperties(
                                Map.of("interceptor.classes", HoursAhead.class.getName(), "linger.ms", "60000")))) {
            for (int experiences : List.of(1, 10)) {
                publish(publisher, 0, experiences);
                assertThatThrownBy(publisher::flush)
                        .isInstanceOf(DeliveryFailedException.class)
                        .hasMessageContaining("correct this machine's clock");
            }
        }
    }

    /** A broker lets a topic be seen before it leads its partitions: it refuses what comes first, and takes what comes later. */
    @Test
    void whatIsPublishedWhileTheTopicComesIntoBeingIsDelivered() throws Exception {
        int topics = 10;
        int experiences = 1_000;
        // Many small batches, of which several would be under way at once, and no time to wait for those that have lost
        // their place.
        Map<String, String> hasty = Map.of(
                "batch.size", "200", "linger.ms", "0", "delivery.timeout.ms", "10000", "request.timeout.ms", "5000");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            for (int topic = 0; topic < topics; topic++) {
                ExperiencePublisher publisher =
                        new ExperiencePublisher(PublisherSettings.of(broker.bootstrapServers(), "agent")
                                .withTopic("hasty-" + topic)
                                .withClientProperties(hasty));
                try (publisher) {
                    admin.createTopics(List.of(new NewTopic("hasty-" + topic, 8, (short) 1)))
                            .all()
                            .get();
                    for (int step = 0; step < experiences; step++) {
                        publisher.publish(Experience.newBuilder(experience(step))
                                .setAgentId("agent-" + step % 64)
                                .build());
                    }
                    publisher.flush();
                    assertThat(publisher.acknowledged()).isEqualTo(experiences);
                }
            }
        }
    }
}

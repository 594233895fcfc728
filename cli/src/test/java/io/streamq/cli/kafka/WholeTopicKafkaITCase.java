package io.streamq.cli.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.streamq.cli.broker.LocalBroker;
import io.streamq.job.kafka.WholeTopic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Here and not beside its class, as this module has the broker. */
class WholeTopicKafkaITCase {
    private static final String TOPIC = "words";
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private LocalBroker broker;
    private final List<String> read = new ArrayList<>();

    @BeforeEach
    void startBroker() throws Exception {
        broker = LocalBroker.start();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 2, (short) 1))).all().get();
        }
    }

    @AfterEach
    void stopBroker() {
        broker.close();
    }

    private WholeTopic open(String topic, Map<String, String> client) throws InterruptedException {
        return new WholeTopic(broker.bootstrapServers(), client, topic, PATIENCE);
    }

    /** Writes each word as a batch of its own. */
    private void write(int partition, String... words) throws Exception {
        write(Map.of(), partition, words);
    }

    private void write(Map<String, String> transaction, int partition, String... words) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer(transaction)) {
            if (!transaction.isEmpty()) {
                producer.initTransactions();
                producer.beginTransaction();
            }
            for (String word : words) {
                byte[] value = word.getBytes(StandardCharsets.UTF_8);
                producer.send(new ProducerRecord<>(TOPIC, partition, null, value))
                        .get();
            }
            if (!transaction.isEmpty()) {
                producer.commitTransaction();
            }
        }
    }

    private KafkaProducer<byte[], byte[]> producer(Map<String, String> settings) {
        Map<String, Object> properties = new HashMap<>(settings);
        properties.put("bootstrap.servers", broker.bootstrapServers());
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private void take(ConsumerRecord<byte[], byte[]> consumed) {
        read.add(new String(consumed.value(), StandardCharsets.UTF_8));
    }

    @Test
    void whatCameSinceIsReadOnAndNothingTwice() throws Exception {
        write(0, "a", "b");
        write(1, "c");
        try (WholeTopic topic = open(TOPIC, Map.of())) {
            topic.readOn(this::take);
            assertThat(read).containsExactlyInAnyOrder("a", "b", "c");
            assertThat(topic.nextOffsets())
                    .containsOnly(
                            Map.entry(new TopicPartition(TOPIC, 0), 2L), Map.entry(new TopicPartition(TOPIC, 1), 1L));
            read.clear();
            topic.readOn(this::take);
            assertThat(read).isEmpty();
            write(1, "d");
            topic.readOn(this::take);
            assertThat(read).containsExactly("d");
        }
    }

    /** Behind its last record stands the mark of the transaction, which no poll shows. */
    @Test
    void theEndOfATransactionIsReached() throws Exception {
        write(Map.of("transactional.id", "t"), 0, "a");
        try (WholeTopic topic = open(TOPIC, Map.of())) {
            // The mark comes a moment after the producer heard that it would.
            await().until(() -> {
                topic.readOn(this::take);
                return !read.isEmpty();
            });
            assertThat(read).containsExactly("a");
            assertThat(topic.nextOffsets()).containsEntry(new TopicPartition(TOPIC, 0), 2L);
        }
    }

    @Test
    @Timeout(60)
    void aBrokerThatGoesAwayWhileATopicIsReadIsNotWaitedForWithoutEnd() throws Exception {
        write(0, "abcdefghijklmnopqrstuvwxyz".split(""));
        // A batch at a time, so that most of them are still with the broker when the first is here.
        try (WholeTopic topic = open(TOPIC, Map.of("max.partition.fetch.bytes", "1", "max.poll.records", "1"))) {
            assertThatExceptionOfType(TimeoutException.class)
                    .isThrownBy(() -> topic.readOn(consumed -> {
                        take(consumed);
                        broker.close();
                    }))
                    .withMessageContaining("topic 'words' has more records, but none came");
            assertThat(read).startsWith("a").doesNotContain("z");
            assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> topic.readOn(this::take));
        }
    }

    @Test
    void aTopicThatIsNotThereIsNotAnEmptyOne() {
        assertThatExceptionOfType(UnknownTopicOrPartitionException.class)
                .isThrownBy(() -> open("nothing", Map.of()).close())
                .withMessage("topic 'nothing' does not exist");
    }
}

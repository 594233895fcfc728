package io.streamq.cli.pipeline;

import static org.awaitility.Awaitility.await;

import io.streamq.agent.ExperiencePublisher;
import io.streamq.agent.PublisherSettings;
import io.streamq.cli.QTableReader;
import io.streamq.cli.broker.LocalBroker;
import io.streamq.cli.job.LocalJob;
import io.streamq.cli.program.TemporaryFolder;
import io.streamq.cli.topics.TopicsCommand;
import io.streamq.job.options.JobOptions;
import io.streamq.job.options.StreamQOptions;
import io.streamq.learning.QRow;
import io.streamq.schemas.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A real broker and the job on it, and what a test wants to put in and look at. */
final class Pipeline implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final TemporaryFolder work;
    private final JobOptions options;
    private LocalJob job;
    private LocalBroker broker;

    private Pipeline(LocalBroker broker, TemporaryFolder work, JobOptions options) throws InterruptedException {
        this.broker = broker;
        this.work = work;
        this.options = options;
        this.job = LocalJob.start(options, new Configuration(), work.path());
    }

    /** Starts both, the job with parallelism 2 and these options besides. */
    static Pipeline with(Map<String, String> options) throws Exception {
        return on(LocalBroker.start(), options);
    }

    /** As {@link #with}, with the broker's data in a folder, so that it can be {@link #restartBroker restarted}. */
    static Pipeline withDataIn(Path folder, Map<String, String> options) throws Exception {
        return on(LocalBroker.start(0, folder), options);
    }

    private static Pipeline on(LocalBroker broker, Map<String, String> options) throws Exception {
        TopicsCommand.createDefaults(broker.bootstrapServers(), 2);
        TemporaryFolder work = TemporaryFolder.create("streamq-test");
        Map<String, String> all = new HashMap<>(options);
        all.put(StreamQOptions.BOOTSTRAP_SERVERS.key(), broker.bootstrapServers());
        all.put(StreamQOptions.PARALLELISM.key(), "2");
        return new Pipeline(broker, work, JobOptions.of(all));
    }

    /** Ends the job behind a savepoint, which forgets all it did since, and starts it again from there. */
    void restartJob() throws Exception {
        Path savepoint = job.savepoint(work.path().resolve("savepoints"));
        job.close();
        Configuration restored = new Configuration()
                .set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint.toUri().toString());
        job = LocalJob.start(options, restored, work.path());
    }

    String bootstrapServers() {
        return broker.bootstrapServers();
    }

    void stopBroker() {
        broker.close();
    }

    /** Brings the broker back where it was, with what it had. */
    void restartBroker() throws IOException {
        int port =
                Integer.parseInt(bootstrapServers().substring(bootstrapServers().indexOf(':') + 1));
        broker = LocalBroker.start(port, broker.folder());
    }

    LocalJob job() {
        return job;
    }

    ExperiencePublisher publisher() {
        return new ExperiencePublisher(PublisherSettings.of(bootstrapServers(), "test"));
    }

    KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(properties(), new ByteArraySerializer(), new ByteArraySerializer());
    }

    private Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", bootstrapServers());
        return properties;
    }

    /** Waits until so many records were dealt with, in the present attempt of the job. */
    void awaitProcessed(long records) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> job.metrics().experiencesProcessed() >= records);
    }

    /** The Q-table as a savepoint has it, by {@code policyId/state}. */
    Map<String, QRow> table() throws Exception {
        return QTableReader.read(job.savepoint(work.path().resolve("savepoints")));
    }

    static long visits(Map<String, QRow> table) {
        return table.values().stream().mapToLong(QRow::updates).sum();
    }

    List<ConsumerRecord<byte[], byte[]>> deadLetters() {
        return records(Topics.DEAD_LETTERS);
    }

    /** What a topic holds at this moment. */
    List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    @Override
    public void close() {
        job.close();
        broker.close();
        work.close();
    }
}

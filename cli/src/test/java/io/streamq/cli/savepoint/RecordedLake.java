package io.streamq.cli.savepoint;

import static org.awaitility.Awaitility.await;

import io.streamq.cli.CommandFailure;
import io.streamq.cli.QTableReader;
import io.streamq.cli.TemporaryFolder;
import io.streamq.cli.broker.LocalBroker;
import io.streamq.cli.job.LocalJob;
import io.streamq.cli.replay.ExperienceLog;
import io.streamq.cli.replay.LoggedExperience;
import io.streamq.cli.topics.TopicsCommand;
import io.streamq.job.options.JobOptions;
import io.streamq.job.options.StreamQOptions;
import io.streamq.learning.QRow;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.Experience;
import io.streamq.schemas.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * The recorded FrozenLake on a broker, line for line in one partition, so that the offsets in a savepoint mean the same lines
 * whenever and wherever it is restored; and the job that learns from it.
 */
final class RecordedLake implements AutoCloseable {
    private static final Path LOG = Path.of("..", "examples", "frozen-lake-4x4.csv.gz");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final AvroCodec<Experience> codec = AvroCodec.experience();
    private final LocalBroker broker;
    private final TemporaryFolder work;
    private final ExperienceLog log;
    private final KafkaProducer<byte[], byte[]> producer;
    private @Nullable LocalJob job;

    private RecordedLake(LocalBroker broker, TemporaryFolder work, ExperienceLog log) {
        this.broker = broker;
        this.work = work;
        this.log = log;
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    static RecordedLake open() throws IOException {
        LocalBroker broker = LocalBroker.start();
        TopicsCommand.createDefaults(broker.bootstrapServers(), 1);
        return new RecordedLake(broker, TemporaryFolder.create("streamq-test"), ExperienceLog.open(LOG, warning -> {}));
    }

    /** Publishes the next lines. */
    void publish(long lines) throws IOException {
        for (long line = 0; line < lines; line++) {
            LoggedExperience next = (LoggedExperience) log.next();
            Future<?> unused = producer.send(new ProducerRecord<>(Topics.EXPERIENCES, codec.encode(next.experience())));
        }
        producer.flush();
    }

    /**
     * Starts the job.
     *
     * @param savepoint to start from; {@code null} to know nothing
     */
    void learn(Map<String, String> options, String stateBackend, @Nullable Path savepoint) throws InterruptedException {
        Map<String, String> all = new HashMap<>(options);
        all.put(StreamQOptions.BOOTSTRAP_SERVERS.key(), broker.bootstrapServers());
        Configuration flink = new Configuration();
        flink.set(StateBackendOptions.STATE_BACKEND, stateBackend);
        if (savepoint != null) {
            flink.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint.toUri().toString());
        }
        job = LocalJob.start(JobOptions.of(all), flink, work.path());
    }

    /** Waits until the job applied so many experiences since it started. */
    void awaitApplied(long experiences) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> job().metrics().experiencesApplied() >= experiences);
    }

    /** Takes a savepoint as soon as all tasks work, before which Flink refuses to. */
    Path savepoint() {
        return await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptionsInstanceOf(CommandFailure.class)
                .until(() -> job().savepoint(work.path().resolve("savepoints")), taken -> true);
    }

    Map<String, QRow> table() throws Exception {
        return QTableReader.read(savepoint());
    }

    private LocalJob job() {
        if (job == null) {
            throw new IllegalStateException("nothing learns yet");
        }
        return job;
    }

    @Override
    public void close() throws IOException {
        if (job != null) {
            job.close();
        }
        producer.close();
        log.close();
        broker.close();
        work.close();
    }
}

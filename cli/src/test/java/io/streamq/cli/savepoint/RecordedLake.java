package io.streamq.cli.savepoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamq.cli.Invocation;
import io.streamq.cli.broker.LocalBroker;
import io.streamq.cli.job.LocalJob;
import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.program.TemporaryFolder;
import io.streamq.cli.replay.ExperienceLog;
import io.streamq.cli.replay.LoggedExperience;
import io.streamq.cli.topics.TopicsCommand;
import io.streamq.job.options.JobOptions;
import io.streamq.job.options.StreamQOptions;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.Experience;
import io.streamq.schemas.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.stream.Stream;
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
    /** The policy that its lines are of. */
    static final String POLICY = "default";

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

    /** Publishes the next lines, each once for every policy. */
    void publish(long lines, Set<String> policies) throws IOException {
        for (long line = 0; line < lines; line++) {
            Experience next = ((LoggedExperience) log.next()).experience();
            for (String policy : policies) {
                Experience its = Experience.newBuilder(next).setPolicyId(policy).build();
                Future<?> unused = producer.send(new ProducerRecord<>(Topics.EXPERIENCES, codec.encode(its)));
            }
        }
        producer.flush();
    }

    /** Makes as many offsets of the control topic mean nothing as a savepoint has read, so that it alone knows what stood there. */
    void passOverControls(long records) {
        for (long record = 0; record < records; record++) {
            Future<?> unused = producer.send(
                    new ProducerRecord<>(Topics.CONTROL, "nobody".getBytes(StandardCharsets.UTF_8), null));
        }
        producer.flush();
    }

    /** Configures a policy by {@code streamq config}, which waits until all shards follow. */
    void configure(String command, String policy, List<String> settings) {
        Invocation done = Invocation.of(
                Stream.of(List.of("config", command, policy), settings, List.of("-b", broker.bootstrapServers()))
                        .flatMap(List::stream)
                        .toArray(String[]::new));
        assertThat(done.exitCode()).as(done.err()).isEqualTo(ExitCodes.DONE);
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

    /** Waits until the job applied or passed over so many experiences since it started. */
    void awaitProcessed(long experiences) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> job().metrics().experiencesProcessed() >= experiences);
    }

    Path savepoint() throws InterruptedException {
        return job().savepoint(work.path().resolve("savepoints"));
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

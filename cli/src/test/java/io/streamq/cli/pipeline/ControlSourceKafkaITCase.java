package io.streamq.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.streamq.cli.broker.LocalBroker;
import io.streamq.job.kafka.KafkaEnds;
import io.streamq.job.options.JobOptions;
import io.streamq.job.options.StreamQOptions;
import io.streamq.job.record.SourceRecord;
import io.streamq.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.client.JobExecutionException;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a job goes on to read the control topic. */
class ControlSourceKafkaITCase {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final TopicPartition CONTROL = new TopicPartition(Topics.CONTROL, 0);

    /** What the source sent, filled by the job's task. */
    private static final Queue<SourceRecord> READ = new ConcurrentLinkedQueue<>();

    @TempDir
    private Path work;

    private LocalBroker broker;
    private Admin admin;
    private KafkaProducer<String, String> producer;
    private MiniCluster flink;

    @BeforeEach
    void start() throws Exception {
        READ.clear();
        broker = LocalBroker.start();
        Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrapServers());
        admin = Admin.create(settings);
        createTopic();
        producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
        flink = new MiniCluster(
                new MiniClusterConfiguration.Builder().setConfiguration(flink()).build());
        flink.start();
    }

    /** Not compacted, as Kafka deletes no records of a topic that is. */
    private void createTopic() throws Exception {
        createTopic(Topics.CONTROL);
    }

    private void createTopic(String name) throws Exception {
        admin.createTopics(List.of(new NewTopic(name, 1, (short) 1))).all().get();
    }

    @AfterEach
    void stop() throws Exception {
        flink.close();
        producer.close();
        admin.close();
        broker.close();
    }

    private Configuration flink() {
        return new Configuration()
                .set(RestOptions.BIND_PORT, "0")
                .set(CoreOptions.TMP_DIRS, work.toString())
                .set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, work.toUri().toString());
    }

    private JobGraph reader() {
        return reader(Topics.CONTROL);
    }

    private JobGraph reader(String topic) {
        JobOptions options = JobOptions.of(Map.of(
                StreamQOptions.BOOTSTRAP_SERVERS.key(),
                broker.bootstrapServers(),
                StreamQOptions.ACTIONS.key(),
                "2",
                StreamQOptions.CONTROL_TOPIC.key(),
                topic));
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(flink());
        environment.setParallelism(1);
        environment.enableCheckpointing(100);
        environment
                .fromSource(new KafkaEnds(options).control(Map.of()), WatermarkStrategy.noWatermarks(), "control")
                .map(ControlSourceKafkaITCase::collect)
                .returns(Types.BOOLEAN)
                .sinkTo(new DiscardingSink<>());
        return environment.getStreamGraph().getJobGraph();
    }

    private static boolean collect(SourceRecord record) {
        return READ.add(record);
    }

    private void send(int records) throws Exception {
        for (int i = 0; i < records; i++) {
            producer.send(new ProducerRecord<>(Topics.CONTROL, "policy", "configuration " + i))
                    .get();
        }
    }

    /** Reads so many records, takes a savepoint behind them and ends there. */
    private String savepointBehind(int records) throws Exception {
        JobGraph job = reader();
        flink.submitJob(job).get();
        await().atMost(PATIENCE).until(() -> READ.size() == records);
        String savepoint = flink.triggerSavepoint(
                        job.getJobID(), work.toUri().toString(), true, SavepointFormatType.CANONICAL)
                .get();
        await().atMost(PATIENCE)
                .until(() -> flink.getJobStatus(job.getJobID()).get().isGloballyTerminalState());
        READ.clear();
        return savepoint;
    }

    private void goOnFrom(String savepoint) throws Exception {
        JobGraph job = reader();
        job.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(savepoint));
        flink.submitJob(job).get();
    }

    private static List<Long> offsetsRead() {
        return READ.stream().map(SourceRecord::offset).toList();
    }

    @Test
    void whatIsSentOneByOneOrTogetherIsReadOnceInOrder() throws Exception {
        send(3);
        goOnFrom(savepointBehind(3));
        for (Future<?> sent : List.of(
                producer.send(new ProducerRecord<>(Topics.CONTROL, "one", "first")),
                producer.send(new ProducerRecord<>(Topics.CONTROL, "two", null)))) {
            sent.get();
        }
        await().atMost(PATIENCE).until(() -> READ.size() >= 2);
        assertThat(READ).extracting(SourceRecord::offset).containsExactly(3L, 4L);
        assertThat(READ)
                .extracting(record -> new String(record.key(), StandardCharsets.UTF_8))
                .containsExactly("one", "two");
        assertThat(READ.remove().value()).isEqualTo("first".getBytes(StandardCharsets.UTF_8));
        assertThat(READ.remove().value()).isNull();
    }

    /** An old tombstone among what came before would take all from a policy that it has learnt since. */
    @Test
    void whoWasFurtherThanTheTopicReachesIsConfiguredByNothingOfLongAgo() throws Exception {
        // More than come below until patience is at an end.
        send(700);
        String savepoint = savepointBehind(700);
        admin.deleteTopics(List.of(Topics.CONTROL)).all().get();
        await().atMost(PATIENCE).until(() -> !admin.listTopics().names().get().contains(Topics.CONTROL));
        createTopic();
        send(3);

        goOnFrom(savepoint);
        await().atMost(PATIENCE).until(() -> {
            send(1);
            return !READ.isEmpty();
        });
        assertThat(offsetsRead()).allMatch(offset -> offset >= 3);
    }

    @Test
    void whoGoesOnFromAConfigurationThatIsGoneReadsAllThatAreLeft() throws Exception {
        send(3);
        String savepoint = savepointBehind(3);
        send(5);
        admin.deleteRecords(Map.of(CONTROL, RecordsToDelete.beforeOffset(6)))
                .all()
                .get();

        goOnFrom(savepoint);
        await().atMost(PATIENCE).until(() -> READ.size() >= 2);
        assertThat(offsetsRead()).containsExactly(6L, 7L);
    }

    /** Flink's source would read both, and a greater generation of long ago on the other one take what was learnt. */
    @Test
    void aSnapshotOfAnotherTopicIsRefused() throws Exception {
        createTopic("another");
        send(3);
        JobGraph other = reader("another");
        other.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(savepointBehind(3)));
        assertThatExceptionOfType(JobExecutionException.class)
                .isThrownBy(() -> flink.executeJobBlocking(other))
                .havingRootCause()
                .withMessage(
                        "streamq.topics.control must be streamq.control.v1 as in the job of the snapshot, which reads"
                                + " streamq.control.v1-0: got another. Set it to that, or start without the snapshot.");
    }
}

package io.streamq.cli.pipeline;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.streamq.cli.broker.LocalBroker;
import io.streamq.cli.topics.TopicsCommand;
import io.streamq.job.kafka.KafkaEnds;
import io.streamq.job.options.JobOptions;
import io.streamq.job.options.StreamQOptions;
import io.streamq.job.options.StreamQOptions.SourceEnd;
import io.streamq.job.options.StreamQOptions.SourceStart;
import io.streamq.job.record.SourceRecord;
import io.streamq.job.record.SourceRecords;
import io.streamq.schemas.Topics;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.client.JobExecutionException;
import org.apache.flink.runtime.executiongraph.AccessExecutionJobVertex;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Experience comes from Kafka in packs, and for whoever counts or goes on from a place that makes no difference. */
class ExperienceSourceKafkaITCase {
    private static final int PARTITIONS = 2;
    private static final int RECORDS = 20_000;
    private static final String GROUP = "test";

    /** What the source sent, filled by the job's tasks. */
    private static final Queue<List<SourceRecord>> PACKS = new ConcurrentLinkedQueue<>();

    @TempDir
    private Path work;

    @TempDir
    private Path savepoints;

    private LocalBroker broker;
    private KafkaProducer<byte[], byte[]> producer;
    private final List<SourceRecord> sent = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        PACKS.clear();
        broker = LocalBroker.start();
        TopicsCommand.createDefaults(broker.bootstrapServers(), PARTITIONS);
        producer = transactional("test");
        producer.initTransactions();
    }

    private KafkaProducer<byte[], byte[]> transactional(String id) {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", id, "linger.ms", "5");
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @AfterEach
    void stop() {
        producer.close();
        broker.close();
    }

    private static byte[] bytes(SplittableRandom random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Sends records of all shapes in one transaction, among them some without a key or value, and one that is nearly a megabyte. */
    private void send(int count, boolean commit) throws Exception {
        SplittableRandom random = new SplittableRandom(count);
        producer.beginTransaction();
        List<SourceRecord> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int partition = random.nextInt(PARTITIONS);
            byte[] key = i % 3 == 0 ? null : bytes(random, random.nextInt(12));
            byte[] value = i % 17 == 0 ? null : bytes(random, i == count / 2 ? 900_000 : random.nextInt(200));
            var record = new ProducerRecord<>(Topics.EXPERIENCES, partition, key, value);
            var unused = producer.send(record, (told, failure) -> {
                if (failure == null) {
                    records.add(new SourceRecord(partition, told.offset(), told.timestamp(), key, value));
                }
            });
        }
        if (commit) {
            producer.commitTransaction();
            assertThat(records).hasSize(count);
            sent.addAll(records);
        } else {
            producer.flush();
            producer.abortTransaction();
        }
    }

    /**
     * Sends records of which a job can read the first thousand, and none can end before the transaction does that lies behind them, which is
     * left open.
     */
    private void sendAround(KafkaProducer<byte[], byte[]> open) throws Exception {
        send(1_000, true);
        open.initTransactions();
        begin(open);
        send(RECORDS - 1_000, true);
    }

    /** Begins a transaction on each partition. */
    private static void begin(KafkaProducer<byte[], byte[]> open) throws Exception {
        open.beginTransaction();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            open.send(new ProducerRecord<>(Topics.EXPERIENCES, partition, null, null))
                    .get();
        }
    }

    private Configuration flink() {
        return new Configuration()
                .set(RestOptions.BIND_PORT, "0")
                .set(CoreOptions.TMP_DIRS, work.toString())
                .set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, work.toUri().toString());
    }

    private MiniCluster startFlink() throws Exception {
        MiniCluster cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(flink())
                .setNumSlotsPerTaskManager(PARTITIONS)
                .build());
        cluster.start();
        return cluster;
    }

    /** A job that reads what the topic holds behind where the group stopped. */
    private JobGraph reader(SourceEnd end) {
        return reader(SourceStart.COMMITTED, end);
    }

    private JobGraph reader(SourceStart start, SourceEnd end) {
        JobOptions options = JobOptions.of(Map.of(
                StreamQOptions.BOOTSTRAP_SERVERS.key(),
                broker.bootstrapServers(),
                StreamQOptions.ACTIONS.key(),
                "2",
                StreamQOptions.GROUP_ID.key(),
                GROUP,
                StreamQOptions.SOURCE_START.key(),
                start.name(),
                StreamQOptions.SOURCE_END.key(),
                end.name()));
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(flink());
        environment.enableCheckpointing(100);
        environment
                .fromSource(new KafkaEnds(options).experiences(), WatermarkStrategy.noWatermarks(), "experiences")
                .setParallelism(PARTITIONS)
                .map(ExperienceSourceKafkaITCase::collect)
                .returns(Types.INT)
                .setParallelism(PARTITIONS)
                .sinkTo(new DiscardingSink<>())
                .setParallelism(1);
        return environment.getStreamGraph().getJobGraph();
    }

    /**
     * Reads until there is nothing more.
     *
     * @return how many records Flink counted in the source
     */
    private long read() throws Exception {
        try (MiniCluster cluster = startFlink()) {
            JobGraph graph = reader(SourceEnd.LATEST);
            cluster.executeJobBlocking(graph);
            AccessExecutionJobVertex source = cluster.getArchivedExecutionGraph(graph.getJobID())
                    .get()
                    .getVerticesTopologically()
                    .iterator()
                    .next();
            return Arrays.stream(source.getTaskVertices())
                    .mapToLong(subtask ->
                            subtask.getCurrentExecutionAttempt().getIOMetrics().getNumRecordsIn())
                    .sum();
        }
    }

    /** Kafka's client sends what it is to commit when it returns: after ten seconds, or when something came, be it taken back. */
    private void awaitCommitted(Map<Integer, Long> offsets, Admin admin) {
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            send(20, false);
            return committed(admin).equals(offsets);
        });
    }

    /** Where the group stopped, by partition. */
    private Map<Integer, Long> committed(Admin admin) throws Exception {
        return admin.listConsumerGroupOffsets(GROUP).partitionsToOffsetAndMetadata().get().entrySet().stream()
                .collect(toMap(each -> each.getKey().partition(), each -> each.getValue()
                        .offset()));
    }

    /** Where the records end that were sent, by partition. */
    private Map<Integer, Long> behindTheLast() {
        return sent.stream().collect(toMap(SourceRecord::partition, record -> record.offset() + 1, Math::max));
    }

    private static int collect(SourceRecords records) {
        List<SourceRecord> pack = new ArrayList<>();
        while (records.next()) {
            pack.add(records.record());
        }
        PACKS.add(pack);
        return records.count();
    }

    /** What there is of the records of a partition, as things that are equal if their bytes are. */
    private static List<List<?>> of(int partition, List<SourceRecord> records) {
        return records.stream()
                .filter(record -> record.partition() == partition)
                .<List<?>>map(record -> Arrays.asList(
                        record.offset(), record.timestampMillis(), wrap(record.key()), wrap(record.value())))
                .toList();
    }

    private static @Nullable ByteBuffer wrap(byte @Nullable [] bytes) {
        return bytes == null ? null : ByteBuffer.wrap(bytes);
    }

    private void assertReadIsWhatWasSent() {
        List<SourceRecord> read = PACKS.stream().flatMap(List::stream).toList();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            assertThat(of(partition, read).equals(of(partition, sent)))
                    .as("partition %d", partition)
                    .isTrue();
        }
        assertThat(read).hasSameSizeAs(sent);
    }

    @Test
    void whatWasCommittedComesByteForByteAndInOrderAndIsCountedOneByOne() throws Exception {
        send(RECORDS, true);
        send(100, false);
        send(100, true);
        long counted = read();

        assertReadIsWhatWasSent();
        assertThat(PACKS).hasSizeLessThan(RECORDS / 20).allSatisfy(pack -> assertThat(pack)
                .extracting(SourceRecord::partition)
                .as("a pack is of one partition")
                .containsOnly(pack.get(0).partition()));
        assertThat(counted).isEqualTo(sent.size());
    }

    @Test
    void whoGoesOnWhereTheGroupStoppedReadsWhatCameSince() throws Exception {
        send(RECORDS, true);
        Map<Integer, Long> behindTheLast = behindTheLast();
        try (MiniCluster cluster = startFlink();
                Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            cluster.submitJob(reader(SourceEnd.NEVER)).get();
            awaitCommitted(behindTheLast, admin);
        }
        assertReadIsWhatWasSent();

        PACKS.clear();
        sent.clear();
        send(1_000, true);
        read();
        assertReadIsWhatWasSent();
    }

    /** Whether it was to begin with what is latest, too: that is for a start without a snapshot. */
    @Test
    void whoGoesOnFromARecordThatIsGoneReadsAllThatIsLeft() throws Exception {
        send(100, true);
        Map<Integer, Long> latest = behindTheLast();
        try (MiniCluster cluster = startFlink();
                Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            JobGraph first = reader(SourceStart.LATEST, SourceEnd.NEVER);
            cluster.submitJob(first).get();
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                send(10, true);
                return !PACKS.isEmpty();
            });
            assertThat(PACKS.stream().flatMap(List::stream))
                    .allMatch(record -> record.offset() >= latest.get(record.partition()));
            String savepoint = cluster.stopWithSavepoint(
                            first.getJobID(), work.toUri().toString(), false, SavepointFormatType.CANONICAL)
                    .get();

            send(100, true);
            Map<TopicPartition, RecordsToDelete> gone = new HashMap<>();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                gone.put(new TopicPartition(Topics.EXPERIENCES, partition), RecordsToDelete.beforeOffset(-1));
            }
            admin.deleteRecords(gone).all().get();
            PACKS.clear();
            sent.clear();
            send(1_000, true);
            JobGraph second = reader(SourceStart.LATEST, SourceEnd.NEVER);
            second.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(savepoint));
            cluster.submitJob(second).get();
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> PACKS.stream().mapToInt(List::size).sum() >= sent.size());
        }
        assertReadIsWhatWasSent();
    }

    /** A broker that lost the end of its log looks like one whose topic was made anew. */
    @Test
    void whoWasFurtherThanTheTopicReachesLearnsNothingTwice() throws Exception {
        send(1_000, true);
        try (MiniCluster cluster = startFlink();
                Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            String savepoint = savepointOf(cluster, reader(SourceStart.EARLIEST, SourceEnd.NEVER), sent.size());
            makeTheTopicAnew(admin);
            send(100, true);
            PACKS.clear();
            sent.clear();

            JobGraph second = reader(SourceStart.EARLIEST, SourceEnd.NEVER);
            second.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(savepoint));
            cluster.submitJob(second).get();
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                send(10, true);
                return partitionsRead() == PARTITIONS;
            });
        }
        assertThat(PACKS.stream().flatMap(List::stream))
                .as("of the first hundred of the new topic, which lie before where it was found to be short")
                .isNotEmpty()
                .allMatch(record -> record.offset() >= 40);
    }

    private void makeTheTopicAnew(Admin admin) throws Exception {
        admin.deleteTopics(List.of(Topics.EXPERIENCES)).all().get();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> !admin.listTopics().names().get().contains(Topics.EXPERIENCES));
        TopicsCommand.createDefaults(broker.bootstrapServers(), PARTITIONS);
    }

    @Test
    void whoReadsToAnEndEndsFromASnapshotToo() throws Exception {
        try (MiniCluster cluster = startFlink();
                KafkaProducer<byte[], byte[]> open = transactional("open")) {
            sendAround(open);
            String savepoint = savepointOf(cluster, reader(SourceStart.EARLIEST, SourceEnd.LATEST), 1);
            open.abortTransaction();
            PACKS.clear();
            JobGraph second = reader(SourceStart.EARLIEST, SourceEnd.LATEST);
            second.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(savepoint));
            awaitEndOf(second, cluster);
        }
        assertThat(behindTheLastRead()).isEqualTo(behindTheLast());
    }

    private static void awaitEndOf(JobGraph job, MiniCluster cluster) throws Exception {
        cluster.submitJob(job).get();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> cluster.getJobStatus(job.getJobID()).get() == JobStatus.FINISHED);
    }

    /** Where the records end that came, by partition. */
    private static Map<Integer, Long> behindTheLastRead() {
        return PACKS.stream()
                .flatMap(List::stream)
                .collect(toMap(SourceRecord::partition, record -> record.offset() + 1, Math::max));
    }

    /** Whether the log ends before where the job was, where a transaction that stays open hides that from readers, or behind. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoReadsToAnEndThatTheTopicDoesNotReachAnyMoreEnds(boolean beforeWhereItWas) throws Exception {
        try (MiniCluster cluster = startFlink();
                Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
                KafkaProducer<byte[], byte[]> open = transactional("open")) {
            sendAround(open);
            String savepoint = savepointOf(
                    cluster, reader(SourceStart.EARLIEST, SourceEnd.LATEST), () -> partitionsRead() == PARTITIONS);
            open.abortTransaction();
            makeTheTopicAnew(admin);
            PACKS.clear();
            sent.clear();
            if (beforeWhereItWas) {
                begin(open);
            }
            send(beforeWhereItWas ? 20 : RECORDS - 2_000, true);

            JobGraph second = reader(SourceStart.EARLIEST, SourceEnd.LATEST);
            second.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(savepoint));
            awaitEndOf(second, cluster);
        }
        assertThat(behindTheLastRead()).isEqualTo(beforeWhereItWas ? Map.of() : behindTheLast());
    }

    private static long partitionsRead() {
        return PACKS.stream()
                .flatMap(List::stream)
                .map(SourceRecord::partition)
                .distinct()
                .count();
    }

    private String savepointOf(MiniCluster cluster, JobGraph job, int records) throws Exception {
        return savepointOf(
                cluster, job, () -> PACKS.stream().mapToInt(List::size).sum() >= records);
    }

    private String savepointOf(MiniCluster cluster, JobGraph job, Callable<Boolean> whenItHas) throws Exception {
        cluster.submitJob(job).get();
        await().atMost(Duration.ofSeconds(60)).until(whenItHas);
        return cluster.triggerSavepoint(
                        job.getJobID(), savepoints.toUri().toString(), true, SavepointFormatType.CANONICAL)
                .get();
    }

    @Test
    void whoWentOnWhereTheGroupStoppedGoesOnThereAgainFromASnapshotOfAnEmptyTopic() throws Exception {
        try (MiniCluster cluster = startFlink();
                Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            JobGraph first = reader(SourceEnd.NEVER);
            cluster.submitJob(first).get();
            await().atMost(Duration.ofSeconds(60))
                    .until(() ->
                            cluster.getExecutionGraph(first.getJobID()).get().getState() == JobStatus.RUNNING);
            AtomicReference<String> savepoint = new AtomicReference<>();
            await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> {
                savepoint.set(cluster.triggerSavepoint(
                                first.getJobID(), savepoints.toUri().toString(), false, SavepointFormatType.CANONICAL)
                        .get());
                return true;
            });
            send(1_000, true);
            awaitCommitted(behindTheLast(), admin);
            cluster.cancelJob(first.getJobID()).get();
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> cluster.getJobStatus(first.getJobID()).get().isGloballyTerminalState());

            PACKS.clear();
            JobGraph second = reader(SourceEnd.NEVER);
            second.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(savepoint.get()));
            cluster.submitJob(second).get();
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> PACKS.stream().mapToInt(List::size).sum() >= sent.size());
        }
        assertReadIsWhatWasSent();
    }

    @ParameterizedTest
    @EnumSource(SourceEnd.class)
    void aSnapshotIsRefusedWhoseJobWasToEndElsewhere(SourceEnd end) throws Exception {
        try (MiniCluster cluster = startFlink();
                KafkaProducer<byte[], byte[]> open = transactional("open")) {
            sendAround(open);
            String savepoint = savepointOf(cluster, reader(SourceStart.EARLIEST, end), 1);
            JobGraph other = reader(SourceStart.EARLIEST, end == SourceEnd.NEVER ? SourceEnd.LATEST : SourceEnd.NEVER);
            other.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(savepoint));
            assertThatExceptionOfType(JobExecutionException.class)
                    .isThrownBy(() -> cluster.executeJobBlocking(other))
                    .havingRootCause()
                    .withMessageContaining("streamq.source.end must be " + end + " as in the job of the snapshot");
        }
    }
}

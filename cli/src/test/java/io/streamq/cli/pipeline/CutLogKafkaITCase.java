package io.streamq.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamq.cli.broker.BrokerNode;
import io.streamq.cli.broker.LocalBroker;
import io.streamq.cli.cluster.FreePorts;
import io.streamq.job.kafka.KafkaEnds;
import io.streamq.job.options.JobOptions;
import io.streamq.job.options.StreamQOptions;
import io.streamq.job.options.StreamQOptions.SourceStart;
import io.streamq.job.record.SourceRecord;
import io.streamq.job.record.SourceRecords;
import io.streamq.schemas.Topics;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One broker of several loses the end of its log, while a job reads that of another, too. */
class CutLogKafkaITCase {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int BROKERS = 3;

    /** The partition that stays whole; the broker of the other is the second. */
    private static final int WHOLE = 0;

    private static final int CUT = 1;

    /** Offsets by partition as the job's task got them. */
    private static final Map<Integer, Queue<Long>> READ =
            Map.of(WHOLE, new ConcurrentLinkedQueue<>(), CUT, new ConcurrentLinkedQueue<>());

    /** Whether packs take their time, so that Kafka's client always has records that were not asked for yet. */
    private static final AtomicBoolean SLOW = new AtomicBoolean();

    @TempDir
    private Path work;

    private final List<Integer> controllers = new ArrayList<>();
    private final String clusterId = Uuid.randomUuid().toString();
    private final List<LocalBroker> brokers = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        READ.values().forEach(Queue::clear);
        SLOW.set(false);
        FreePorts free = new FreePorts();
        for (int number = 1; number <= BROKERS; number++) {
            controllers.add(free.any());
        }
        ExecutorService atOnce = Executors.newFixedThreadPool(BROKERS);
        try {
            for (Future<LocalBroker> started : atOnce.invokeAll(IntStream.rangeClosed(1, BROKERS)
                    .<Callable<LocalBroker>>mapToObj(number -> () -> start(number, 0))
                    .toList())) {
                brokers.add(started.get());
            }
        } finally {
            atOnce.shutdownNow();
        }
    }

    private LocalBroker start(int number, int port) throws IOException {
        return LocalBroker.start(
                new BrokerNode(number, port, clusterId, controllers), work.resolve("broker-" + number));
    }

    @AfterEach
    void stop() {
        SLOW.set(false);
        brokers.forEach(LocalBroker::close);
    }

    private String addresses() {
        return brokers.stream().map(LocalBroker::bootstrapServers).collect(Collectors.joining(","));
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, int partition, int records) throws Exception {
        List<Future<?>> sent = new ArrayList<>();
        for (int i = 0; i < records; i++) {
            sent.add(producer.send(new ProducerRecord<>(Topics.EXPERIENCES, partition, null, new byte[100])));
        }
        for (Future<?> each : sent) {
            each.get();
        }
    }

    /** A job that reads all partitions in one task. */
    private JobGraph reader() {
        JobOptions options = JobOptions.of(Map.of(
                StreamQOptions.BOOTSTRAP_SERVERS.key(),
                addresses(),
                StreamQOptions.ACTIONS.key(),
                "2",
                StreamQOptions.SOURCE_START.key(),
                SourceStart.EARLIEST.name(),
                "streamq.kafka.client.max.poll.records",
                "50"));
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(flink());
        environment.setParallelism(1);
        environment.enableCheckpointing(100);
        environment
                .fromSource(new KafkaEnds(options).experiences(), WatermarkStrategy.noWatermarks(), "experiences")
                .map(CutLogKafkaITCase::collect)
                .returns(Types.INT)
                .sinkTo(new DiscardingSink<>());
        return environment.getStreamGraph().getJobGraph();
    }

    private Configuration flink() {
        return new Configuration()
                .set(RestOptions.BIND_PORT, "0")
                .set(CoreOptions.TMP_DIRS, work.toString())
                .set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, work.toUri().toString());
    }

    private static int collect(SourceRecords records) throws InterruptedException {
        if (SLOW.get()) {
            Thread.sleep(50);
        }
        while (records.next()) {
            SourceRecord record = records.record();
            READ.get(record.partition()).add(record.offset());
        }
        return records.count();
    }

    private static void awaitRead(int partition, int records) {
        await().atMost(PATIENCE).until(() -> READ.get(partition).size() >= records);
    }

    private Path logOfTheCut() {
        return brokers.get(1).folder().resolve(Topics.EXPERIENCES + "-" + CUT).resolve("00000000000000000000.log");
    }

    /** As a machine that loses its power before its pages are on the disk. */
    private void restartTheSecondBrokerWithout(long bytesFromHere) throws IOException {
        LocalBroker second = brokers.get(1);
        second.close();
        Path log = logOfTheCut();
        try (FileChannel file = FileChannel.open(log, StandardOpenOption.WRITE)) {
            file.truncate(bytesFromHere);
        }
        for (String index : new String[] {".index", ".timeindex"}) {
            Files.delete(Path.of(log.toString().replace(".log", index)));
        }
        String address = second.bootstrapServers();
        brokers.set(1, start(2, Integer.parseInt(address.substring(address.indexOf(':') + 1))));
    }

    private static List<Long> offsets(long from, long to) {
        return LongStream.range(from, to).boxed().toList();
    }

    @Test
    void whereALogIsCutNothingIsPassedOverThatWasOnItsWay() throws Exception {
        Map<String, Object> settings = new HashMap<>(Map.of("bootstrap.servers", addresses()));
        try (Admin admin = Admin.create(settings);
                KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
                MiniCluster flink = new MiniCluster(new MiniClusterConfiguration.Builder()
                        .setConfiguration(flink())
                        .build())) {
            NewTopic topic = new NewTopic(Topics.EXPERIENCES, Map.of(WHOLE, List.of(1), CUT, List.of(2)));
            admin.createTopics(List.of(topic.configs(Map.of("min.insync.replicas", "1"))))
                    .all()
                    .get();
            send(producer, CUT, 100);
            long bytesOfAHundred = Files.size(logOfTheCut());
            send(producer, CUT, 20);
            flink.start();
            flink.submitJob(reader()).get();
            awaitRead(CUT, 120);

            SLOW.set(true);
            send(producer, WHOLE, 40_000);
            awaitRead(WHOLE, 1);
            restartTheSecondBrokerWithout(bytesOfAHundred);
            send(producer, CUT, 10);
            awaitRead(CUT, 130);
            SLOW.set(false);
            send(producer, WHOLE, 1);
            await().atMost(PATIENCE).until(() -> READ.get(WHOLE).contains(40_000L));
        }
        assertThat(READ.get(CUT))
                .startsWith(offsets(0, 120).toArray(Long[]::new))
                .endsWith(offsets(100, 110).toArray(Long[]::new))
                .hasSize(130);
        assertThat(List.copyOf(READ.get(WHOLE)).equals(offsets(0, 40_001)))
                .as(
                        "every offset of the other partition once: %d came",
                        READ.get(WHOLE).size())
                .isTrue();
    }
}

package io.streamq.benchmarks.streams;

import io.streamq.benchmarks.workload.Stopwatch;
import io.streamq.benchmarks.workload.Visits;
import io.streamq.schemas.Topics;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.Stores;

/**
 * The same algorithm on Kafka Streams, in a separate process, as its RocksDB and Flink's cannot share a JVM. Two hops, as on
 * Flink: by the successor, where its value is attached, and by the state, where the row is updated; both in one subtopology, so
 * that they share a store.
 *
 * <p>Durable: rows are in RocksDB and in a changelog on the broker. It gets everything that makes it fast: a cache that holds
 * all rows, so that the changelog gets each row once per commit interval, which is as long as the product's checkpoint
 * interval; big batches; hand-written binary records.
 */
public final class KafkaStreamsPeer {
    static final String ROWS = "rows";

    private static final long CACHE_BYTES = 512L << 20;
    private static final Duration COMMIT_INTERVAL = Duration.ofSeconds(10);
    /**
     * With exactly-once, what a hop sends is visible only after a commit, so Kafka Streams commits this often by
     * default.
     */
    private static final Duration COMMIT_INTERVAL_EXACTLY_ONCE = Duration.ofMillis(100);

    private static final Duration CLOSE = Duration.ofSeconds(20);

    private KafkaStreamsPeer() {}

    /**
     * {@code BOOTSTRAP_SERVERS GUARANTEE EXPERIENCES SKIPPED STATES ACTIONS PARALLELISM FOLDER}: learns from the topic, prints experiences
     * and nanoseconds of the measured part, and leaves the visits in the folder.
     */
    public static void main(String[] args) throws Exception {
        String guarantee = args[1];
        long experiences = Long.parseLong(args[2]);
        long skipped = Long.parseLong(args[3]);
        int states = Integer.parseInt(args[4]);
        int actions = Integer.parseInt(args[5]);
        int parallelism = Integer.parseInt(args[6]);
        Path folder = Path.of(args[7]);
        AtomicLong applied = new AtomicLong();
        try (KafkaStreams streams = new KafkaStreams(
                topology(actions, parallelism, applied), settings(args[0], guarantee, parallelism, folder))) {
            streams.setUncaughtExceptionHandler(thrown -> {
                thrown.printStackTrace();
                Runtime.getRuntime().halt(1);
                throw new AssertionError(thrown);
            });
            streams.start();
            var lap = Stopwatch.time(applied::get, skipped, experiences);
            Visits visits = visits(streams, states, actions);
            try (DataOutputStream out =
                    new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(folder.resolve("visits"))))) {
                visits.write(out);
            }
            System.out.println(lap.experiences() + " " + lap.nanos());
            streams.close(CLOSE);
        }
    }

    private static org.apache.kafka.streams.Topology topology(int actions, int parallelism, AtomicLong applied) {
        var bytes = Serdes.ByteArray();
        StreamsBuilder builder = new StreamsBuilder();
        builder.addStateStore(Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(ROWS), bytes, bytes)
                .withCachingEnabled());
        builder.stream(Topics.EXPERIENCES, Consumed.with(bytes, bytes))
                .process(Decode::new)
                .repartition(Repartitioned.with(bytes, bytes)
                        .withName("by-successor")
                        .withNumberOfPartitions(parallelism))
                .process(Bootstrap::new, ROWS)
                .repartition(
                        Repartitioned.with(bytes, bytes).withName("by-state").withNumberOfPartitions(parallelism))
                .process(() -> new Learn(actions, applied), ROWS)
                .to(Topics.POLICY, Produced.with(bytes, bytes));
        return builder.build();
    }

    private static Properties settings(String bootstrapServers, String guarantee, int parallelism, Path folder) {
        boolean exactlyOnce = guarantee.equals(StreamsConfig.EXACTLY_ONCE_V2);
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, folder.getFileName().toString());
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        settings.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, guarantee);
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, parallelism);
        settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
        settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, CACHE_BYTES);
        settings.put(
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                (exactlyOnce ? COMMIT_INTERVAL_EXACTLY_ONCE : COMMIT_INTERVAL).toMillis());
        settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 5000);
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 20);
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 262_144);
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.BUFFER_MEMORY_CONFIG), 134_217_728);
        return settings;
    }

    private static Visits visits(KafkaStreams streams, int states, int actions) {
        Visits visits = new Visits(states, actions);
        var rows = streams.store(
                StoreQueryParameters.fromNameAndType(ROWS, QueryableStoreTypes.<byte[], byte[]>keyValueStore()));
        try (KeyValueIterator<byte[], byte[]> all = rows.all()) {
            while (all.hasNext()) {
                var row = all.next();
                for (int action = 0; action < actions; action++) {
                    visits.add(row.key, action, StoredRow.visits(row.value, action));
                }
            }
        }
        return visits;
    }
}

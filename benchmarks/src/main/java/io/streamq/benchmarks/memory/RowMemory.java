package io.streamq.benchmarks.memory;

import io.streamq.benchmarks.workload.Stopwatch;
import io.streamq.benchmarks.workload.Workload;
import io.streamq.cli.broker.LocalBroker;
import io.streamq.cli.job.LocalJob;
import io.streamq.cli.program.TemporaryFolder;
import io.streamq.cli.terminal.Quantities;
import io.streamq.cli.topics.TopicsCommand;
import io.streamq.job.options.JobOptions;
import io.streamq.job.options.StreamQOptions;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.Experience;
import io.streamq.schemas.PolicyKey;
import io.streamq.schemas.Topics;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Heap bytes per row of the running job, everything included: key, row, entry of the state backend's map, entry of the view, and the
 * unused slots of all tables; between snapshots. Rows are added to a job that has some, and the heap is measured before and after.
 */
final class RowMemory {
    /** Batches of a sink's producer live as long as the producer: its buffer is kept small, or it would count as rows. */
    private static final String PRODUCER_BUFFER_BYTES = "1048576";

    /** Longer than the run: while a snapshot is written, Flink holds a varying number of entries twice. */
    private static final String CHECKPOINT_INTERVAL = "1 h";

    /** Enough for everything that grows only once: pools, caches, compiled code's constants. */
    private static final int FIRST_ROWS = 20_000;

    private static final int CLASSES = 12;

    private RowMemory() {}

    /**
     * What was measured.
     *
     * @param bytesPerRow by the number of rows; tables grow by doubling, so it rises and falls
     * @param byClass of the last size
     * @param informationBytes that a row cannot do without; see {@link #information}
     */
    record Outcome(int actions, Map<String, Double> bytesPerRow, List<OfClass> byClass, double informationBytes) {}

    /** A class's share of a row. */
    record OfClass(String name, double instancesPerRow, double bytesPerRow) {}

    static Outcome measure(int rows, int actions, int parallelism, Consumer<String> progress) throws Exception {
        Map<String, Double> bytesPerRow = new LinkedHashMap<>();
        List<OfClass> byClass = List.of();
        int added = 0;
        try (TemporaryFolder work = TemporaryFolder.create("streamq-memory");
                LocalBroker broker = LocalBroker.start()) {
            TopicsCommand.createDefaults(broker.bootstrapServers(), parallelism);
            JobOptions options = JobOptions.of(Map.of(
                    StreamQOptions.BOOTSTRAP_SERVERS.key(),
                    broker.bootstrapServers(),
                    StreamQOptions.ACTIONS.key(),
                    "" + actions,
                    StreamQOptions.PARALLELISM.key(),
                    "" + parallelism,
                    StreamQOptions.CHECKPOINT_INTERVAL.key(),
                    CHECKPOINT_INTERVAL,
                    StreamQOptions.KAFKA_CLIENT_PREFIX + "buffer.memory",
                    PRODUCER_BUFFER_BYTES));
            try (LocalJob job = LocalJob.start(options, new Configuration(), work.path())) {
                learn(job, broker, 0, FIRST_ROWS, actions, parallelism);
                Path before = work.path().resolve("before");
                HeapHistogram.take(before);
                for (int size : List.of(rows / 4, rows / 2, rows)) {
                    progress.accept("adding rows up to " + Quantities.count(size));
                    learn(job, broker, FIRST_ROWS + added, FIRST_ROWS + size, actions, parallelism);
                    added = size;
                    Path after = work.path().resolve("after");
                    HeapHistogram.take(after);
                    HeapHistogram grown = HeapHistogram.read(after).since(HeapHistogram.read(before));
                    bytesPerRow.put(Quantities.count(size), (double) grown.bytes() / size);
                    byClass = byClass(grown, size);
                }
            }
        }
        return new Outcome(actions, bytesPerRow, byClass, information(actions));
    }

    private static List<OfClass> byClass(HeapHistogram grown, int rows) {
        return grown.largest(CLASSES).stream()
                .map(each -> new OfClass(
                        each.getKey(),
                        (double) each.getValue().instances() / rows,
                        (double) each.getValue().bytes() / rows))
                .toList();
    }

    /**
     * Bytes that no encoding can save: a double and a count of one byte for each action, the greedy action, and the key as on
     * the wire.
     */
    private static double information(int actions) {
        int key = new PolicyKey("default", Workload.name(0, Workload.LEAST_STATE_BYTES)).toBytes().length;
        double greedyBits = Math.log(actions) / Math.log(2);
        return actions * (Double.BYTES + 1) + greedyBits / 8 + key;
    }

    /** Lets the job learn one experience of each state in a range. */
    private static void learn(LocalJob job, LocalBroker broker, int from, int to, int actions, int parallelism)
            throws InterruptedException {
        AvroCodec<Experience> codec = AvroCodec.experience();
        try (KafkaProducer<byte[], byte[]> producer = Workload.producer(broker.bootstrapServers())) {
            for (int state = from; state < to; state++) {
                byte[] value = codec.encode(Experience.newBuilder()
                        .setState(Workload.name(state, Workload.LEAST_STATE_BYTES))
                        .setAction(state % actions)
                        .setReward(1)
                        .setNextState(Workload.name(state, Workload.LEAST_STATE_BYTES))
                        .setTerminated(false)
                        .build());
                var unused = producer.send(new ProducerRecord<>(Topics.EXPERIENCES, state % parallelism, null, value));
            }
            producer.flush();
        }
        Stopwatch.await(job.metrics()::experiencesApplied, to);
    }
}

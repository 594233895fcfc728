package io.streamq.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamq.cli.Invocation;
import io.streamq.cli.QTableReader;
import io.streamq.cli.StreamqProcess;
import io.streamq.cli.program.FlinkPaths;
import io.streamq.cli.program.ProcessState;
import io.streamq.learning.QRow;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.PolicyUpdate;
import io.streamq.schemas.Topics;
import io.streamq.schemas.WireFormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.flink.util.FileUtils;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A cluster of processes, handled by the command line as a user would; its folder stays under target for its logs. */
final class RealCluster implements AutoCloseable {
    /** An initial value that shows in whatever is computed with it instead of with a row's. */
    static final double FAR_OFF = 1e6;

    private static final double GREATEST_TRUE_VALUE = 100;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Path folder;

    private RealCluster(Path folder) {
        this.folder = folder;
    }

    /** Starts a cluster with a broker, on any ports, in a folder whose name not everything can bear. */
    static RealCluster start(Class<?> test, String... options) throws IOException {
        RealCluster cluster = new RealCluster(
                Path.of("target", "clusters", "of " + test.getSimpleName()).toAbsolutePath());
        FileUtils.deleteDirectory(cluster.folder.toFile());
        cluster.run(
                "start",
                Stream.concat(
                                Stream.of(
                                        "--kafka",
                                        "--kafka-port=0",
                                        "--web-port=0",
                                        "-Denv.java.opts.all=" + StreamqProcess.javaOptions()),
                                Stream.of(options))
                        .toArray(String[]::new));
        return cluster;
    }

    /** Runs a command that must succeed, and returns what it printed. */
    String run(String command, String... options) {
        Invocation done = invoke(command, options);
        assertThat(done.exitCode())
                .as("%s %s: %s%s", command, List.of(options), done.out(), done.err())
                .isZero();
        return done.out().strip();
    }

    Invocation invoke(String command, String... options) {
        return Invocation.of(
                Stream.concat(Stream.of("cluster", command, "--dir", folder.toString()), Stream.of(options))
                        .toArray(String[]::new));
    }

    /** Submits the job of the tests, which checkpoints every second. */
    void submit(String... options) {
        run(
                "submit",
                Stream.concat(
                                Stream.of(
                                        "--create-topics",
                                        "--streamq.policy.actions=" + ExperienceFeed.ACTIONS,
                                        "--streamq.job.checkpoint-interval=1s"),
                                Stream.of(options))
                        .toArray(String[]::new));
    }

    ClusterFolder folder() {
        return ClusterFolder.at(folder);
    }

    FlinkRest flink() {
        return Cluster.in(folder()).flink();
    }

    /** What {@code status --json} prints. */
    JsonNode status() {
        try {
            return new ObjectMapper().readTree(invoke("status", "--json").out());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    String jobId() {
        return status().at("/job/id").asText();
    }

    String bootstrapServers() {
        return status().get("kafkaAddress").asText();
    }

    /** The TaskManager of each subtask of an operator, by what Flink calls it. */
    Map<Integer, String> placesOf(String operator) throws InterruptedException {
        String job = jobId();
        Map<Integer, String> places = new TreeMap<>();
        flink().get("/jobs/" + job + "/vertices/" + vertexOf(operator))
                .get("subtasks")
                .forEach(subtask -> places.put(
                        subtask.get("subtask").asInt(),
                        subtask.get("taskmanager-id").asText()));
        return places;
    }

    /** The name of a process that runs a subtask of an operator. */
    String processHosting(String operator) throws InterruptedException {
        // Flink's name is ours and a suffix.
        return placesOf(operator).get(0).replaceFirst("-[^-]*$", "");
    }

    /** The id of the vertex that begins with an operator. */
    String vertexOf(String operator) throws InterruptedException {
        return StreamSupport.stream(flink().job(jobId()).get("vertices").spliterator(), false)
                .filter(vertex -> vertex.get("name").asText().startsWith(operator))
                .map(vertex -> vertex.get("id").asText())
                .findFirst()
                .orElseThrow();
    }

    /** Those of its processes that run, by name. */
    Map<String, ProcessHandle> processes() {
        return Cluster.in(folder()).processes().stream()
                .filter(process -> process.running().isPresent())
                .collect(Collectors.toMap(
                        ClusterProcess::name, process -> process.running().orElseThrow()));
    }

    /** Sends a process a signal that Java has no name for. */
    void signal(String signal, String process) throws IOException, InterruptedException {
        long pid = processes().get(process).pid();
        assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                        .start()
                        .waitFor())
                .isZero();
    }

    /** What {@code kill -9} does. */
    void kill(String process) {
        ProcessHandle victim = processes().get(process);
        assertThat(victim.destroyForcibly()).isTrue();
        await().atMost(PATIENCE).until(() -> !ProcessState.isRunning(victim));
    }

    /** Starts one process again and none of the others that are missing, and waits for nothing. */
    void launch(String process) {
        Cluster.in(folder()).launch(new ClusterProcess(process, folder()));
    }

    /** Whether all tasks of the job work; false also while no JobManager knows of it. */
    boolean jobRuns() {
        JsonNode status = status();
        return status.at("/job/state").asText().equals("RUNNING")
                && status.at("/job/allTasksRun").asBoolean();
    }

    /** Waits for another checkpoint: the job works, and has something to lose. */
    void awaitCheckpoint() {
        long last = checkpoint();
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).until(() -> checkpoint() > last);
    }

    private long checkpoint() {
        return status().at("/job/lastCheckpoint/id").asLong();
    }

    /** The last record of each key on the policy topic. */
    Map<String, PolicyUpdate> policy() throws WireFormatException {
        return policy((earlier, later) -> later);
    }

    /** What an agent believes that saw all records: of each key the greatest by epoch, then by version. */
    Map<String, PolicyUpdate> policyOfAnAgent() throws WireFormatException {
        return policy(BinaryOperator.maxBy(
                Comparator.comparingLong(PolicyUpdate::getEpoch).thenComparingLong(PolicyUpdate::getVersion)));
    }

    private Map<String, PolicyUpdate> policy(BinaryOperator<PolicyUpdate> winner) throws WireFormatException {
        AvroCodec<PolicyUpdate> codec = AvroCodec.policyUpdate();
        Map<String, PolicyUpdate> policy = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> each : policyRecords()) {
            policy.merge(new String(each.key(), StandardCharsets.UTF_8), codec.decode(each.value()), winner);
        }
        return policy;
    }

    /** All records of the policy topic, those of one partition in order. */
    List<ConsumerRecord<byte[], byte[]>> policyRecords() {
        return records(Topics.POLICY);
    }

    /** What a topic holds at this moment, without what a transaction has not committed. */
    List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        return records(topic, "read_committed");
    }

    List<ConsumerRecord<byte[], byte[]>> records(String topic, String isolation) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(isolation)) {
            List<TopicPartition> partitions = partitions(consumer, topic);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    private KafkaConsumer<byte[], byte[]> consumer(String isolation) {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers(), "isolation.level", isolation),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private static List<TopicPartition> partitions(KafkaConsumer<?, ?> consumer, String topic) {
        return consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
    }

    /** The rows that a savepoint holds. */
    static SortedMap<String, QRow> table(String savepoint) throws Exception {
        return QTableReader.read(FlinkPaths.local(savepoint));
    }

    /**
     * The product's promise, both halves of it: every valid experience was applied once, and the topic tells the table.
     *
     * @return the table
     */
    SortedMap<String, QRow> assertNothingLostAndNothingTwice(ExperienceFeed feed) throws Exception {
        SortedMap<String, QRow> table = assertEachAppliedOnce(feed);
        assertTold(policy(), table);
        return table;
    }

    /**
     * The first half of the promise. What was applied twice would be replayed before the last is applied once, so the sum is
     * taken again when another checkpoint has passed; the offsets that the source commits would tell the end, but on a quiet
     * topic it commits every ten seconds only.
     */
    SortedMap<String, QRow> assertEachAppliedOnce(ExperienceFeed feed) throws Exception {
        feed.flush();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(visits(table(run("savepoint"))))
                .as("visits in the Q-table")
                .isGreaterThanOrEqualTo(feed.valid()));
        awaitCheckpoint();
        SortedMap<String, QRow> table = table(run("savepoint"));
        assertThat(visits(table))
                .as("visits in the Q-table, against valid experiences sent")
                .isEqualTo(feed.valid());
        return table;
    }

    static long visits(Map<String, QRow> table) {
        return table.values().stream().mapToLong(QRow::updates).sum();
    }

    /** The second half: what was announced of each row is what a savepoint says was announced last. */
    static void assertTold(Map<String, PolicyUpdate> policy, Map<String, QRow> table) {
        assertThat(announced(policy)).as("policy topic, against the Q-table").isEqualTo(announced(table));
    }

    /** For jobs that restored all states and know {@link #FAR_OFF} as the initial value. */
    void assertNoAnnouncedValueIsFarOff() throws WireFormatException {
        AvroCodec<PolicyUpdate> codec = AvroCodec.policyUpdate();
        for (ConsumerRecord<byte[], byte[]> each : policyRecords()) {
            PolicyUpdate update = codec.decode(each.value());
            assertThat(update.getQValues()).as("%s", update).allMatch(value -> Math.abs(value) < GREATEST_TRUE_VALUE);
        }
    }

    /** What a record says of a row, and a row of its last record. */
    record Announced(int action, long version, long epoch) {
        private static Announced of(Object recordOrRow) {
            return recordOrRow instanceof PolicyUpdate update
                    ? new Announced(update.getAction(), update.getVersion(), update.getEpoch())
                    : of((QRow) recordOrRow);
        }

        private static Announced of(QRow row) {
            return new Announced(row.greedyAction(), row.version(), row.epoch());
        }
    }

    static Map<String, Announced> announced(Map<String, ?> recordsOrRows) {
        Map<String, Announced> announced = new TreeMap<>();
        recordsOrRows.forEach((key, value) -> announced.put(key, Announced.of(value)));
        return announced;
    }

    @Override
    public void close() {
        invoke("stop");
    }
}

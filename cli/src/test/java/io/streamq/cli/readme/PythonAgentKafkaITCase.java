package io.streamq.cli.readme;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamq.agent.PolicyView;
import io.streamq.agent.PolicyViewSettings;
import io.streamq.agent.StatePolicy;
import io.streamq.cli.Invocation;
import io.streamq.cli.Python;
import io.streamq.cli.StreamqProcess;
import io.streamq.cli.broker.LocalBroker;
import io.streamq.cli.job.LocalJob;
import io.streamq.cli.program.TemporaryFolder;
import io.streamq.cli.topics.TopicsCommand;
import io.streamq.job.options.JobOptions;
import io.streamq.job.options.StreamQOptions;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.Experience;
import io.streamq.schemas.PolicyKey;
import io.streamq.schemas.PolicyUpdate;
import io.streamq.schemas.TombstoneHeaders;
import io.streamq.schemas.Topics;
import io.streamq.schemas.UpdateReason;
import io.streamq.schemas.WireFormatException;
import io.streamq.simulation.GridWorld;
import io.streamq.simulation.Solution;
import io.streamq.simulation.ValueIteration;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code examples/agent.py}, in a process of its own, against a real broker. */
class PythonAgentKafkaITCase {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private Path folder;

    private Python python;
    private LocalBroker broker;

    @BeforeEach
    void startBroker() throws Exception {
        python = Python.having("confluent_kafka");
        broker = LocalBroker.start();
    }

    @AfterEach
    void stopBroker() {
        if (broker != null) {
            broker.close();
        }
    }

    private StreamqProcess agent(String... arguments) throws IOException {
        List<String> line = new ArrayList<>(
                List.of("../examples/agent.py", "-b", broker.bootstrapServers(), "--policy", "maze", "--json"));
        line.addAll(List.of(arguments));
        return StreamqProcess.start(folder, python.program(), line);
    }

    /** What the agent told at its end. */
    private static JsonNode summary(StreamqProcess agent, int exitCode) throws Exception {
        assertThat(agent.awaitExit(PATIENCE)).as(agent.err()).isEqualTo(exitCode);
        return new ObjectMapper().readTree(agent.out());
    }

    /** What a topic holds at this moment. */
    private List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
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

    private List<Experience> experiences() throws WireFormatException {
        List<Experience> experiences = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> experience : records(Topics.EXPERIENCES)) {
            experiences.add(AvroCodec.experience().decode(experience.value()));
        }
        return experiences;
    }

    @Test
    void theWalkOfTheReadmeLearnsTheGridToItsOptimum() throws Exception {
        TopicsCommand.createDefaults(broker.bootstrapServers(), 2);
        // The job's own number of actions is too small: the walk has to say it.
        JobOptions options = JobOptions.of(Map.of(
                StreamQOptions.BOOTSTRAP_SERVERS.key(), broker.bootstrapServers(),
                StreamQOptions.PARALLELISM.key(), "2",
                StreamQOptions.ACTIONS.key(), "2",
                StreamQOptions.CHECKPOINT_INTERVAL.key(), "200 ms"));
        try (TemporaryFolder work = TemporaryFolder.create("streamq-test");
                LocalJob job = LocalJob.start(options, new Configuration(), work.path())) {
            JsonNode lived = walk();
            long delivered = lived.get("delivered").longValue();
            await().atMost(PATIENCE).until(() -> job.metrics().experiencesProcessed() == delivered);
            assertThat(job.metrics().deadLetters()).isZero();
            assertThat(job.metrics().experiencesApplied()).isEqualTo(delivered);
            assertThat(lived.get("lost").longValue()).isZero();
            assertThat(lived.get("meanReturn").doubleValue())
                    .as("mean return of the last 100 episodes; 6 steps would do, chance alone takes some 50")
                    .isGreaterThan(-15);

            // Its policy was learnt while it lived: another one reads it whole.
            JsonNode read = summary(agent("--episodes", "0"), 0).get("policy");
            Map<String, PolicyUpdate> last = new HashMap<>();
            await().atMost(PATIENCE)
                    .until(() -> records(Topics.POLICY).size() == job.metrics().policyUpdatesSent());
            for (ConsumerRecord<byte[], byte[]> announced : records(Topics.POLICY)) {
                PolicyUpdate update = AvroCodec.policyUpdate().decode(announced.value());
                last.put(update.getState(), update);
            }
            assertThat(read.properties()).hasSameSizeAs(last.keySet());
            Solution exact = ValueIteration.solve(GridWorld.of(4, 4).mdp(), 0.99);
            for (String state :
                    exact.mdp().reachable().stream().mapToObj(exact.mdp()::name).toList()) {
                PolicyUpdate update = last.get(state);
                assertHeld(
                        read.get(state),
                        update.getAction(),
                        update.getQValues(),
                        update.getEpoch(),
                        update.getVersion());
                assertThat(exact.isOptimal(Integer.parseInt(state), update.getAction(), 1e-9))
                        .as("greedy action of state %s", state)
                        .isTrue();
            }
        }
        assertThat(experiences())
                .allSatisfy(PythonAgentKafkaITCase::requireWellTold)
                .extracting(told -> List.of(told.getAgentId(), told.getEpisodeId(), told.getStep()))
                .doesNotHaveDuplicates();
    }

    /** Runs the commands of the README and returns what the agent told. */
    private JsonNode walk() throws Exception {
        List<String> commands =
                Readme.read().block("sh", "executed beside a job").lines();
        JsonNode told = null;
        for (String command : commands) {
            List<String> words = List.of(
                    command.replace("localhost:9092", broker.bootstrapServers()).split(" +", -1));
            if (words.get(0).equals("python3")) {
                List<String> arguments = new ArrayList<>(words.subList(2, words.size()));
                arguments.addAll(List.of("--seed", "1"));
                told = summary(agent(arguments.toArray(String[]::new)), 0);
            } else {
                Invocation invocation =
                        Invocation.of(words.subList(1, words.size()).toArray(String[]::new));
                assertThat(invocation.exitCode())
                        .as("%s: %s", command, invocation.err())
                        .isZero();
            }
        }
        assertThat(told).as("the README starts the agent").isNotNull();
        return told;
    }

    private static void requireWellTold(Experience told) {
        assertThat(told.getPolicyId()).isEqualTo("maze");
        int state = Integer.parseInt(told.getState());
        assertThat(told.getLegalActions())
                .isEqualTo(IntStream.range(0, 4)
                        .filter(action -> List.of(state % 4 > 0, state < 12, state % 4 < 3, state > 3)
                                .get(action))
                        .boxed()
                        .toList())
                .contains(told.getAction());
        assertThat(told.getBehaviorProbability()).isBetween(0.0, 1.0);
        assertThat(told.getTerminated()).isEqualTo(told.getNextState().equals("15"));
        assertThat(told.getTruncated()).isEqualTo(told.getStep() == 159 && !told.getTerminated());
        assertThat(told.getEventTime()).isBetween(Instant.now().minus(Duration.ofHours(1)), Instant.now());
    }

    private static void assertHeld(JsonNode held, int action, List<Double> qValues, long epoch, long version) {
        assertThat(held.get("action").intValue()).isEqualTo(action);
        assertThat(held.get("q_values")).extracting(JsonNode::doubleValue).isEqualTo(qValues);
        assertThat(held.get("epoch").longValue()).isEqualTo(epoch);
        assertThat(held.get("version").longValue()).isEqualTo(version);
    }

    /** What a job would write that crashes often: records out of order, tombstones, transactions that are aborted. */
    private final class ErraticJob implements AutoCloseable {
        private final SplittableRandom random = new SplittableRandom(7);
        private final KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", "erratic"),
                new ByteArraySerializer(),
                new ByteArraySerializer());

        ErraticJob() {
            producer.initTransactions();
        }

        void announce(int records, boolean committed) {
            producer.beginTransaction();
            for (int i = 0; i < records; i++) {
                String policyId = random.nextInt(10) == 0 ? "other" : "maze";
                String state = random.nextInt(40) + "/é";
                long epoch = random.nextLong(1, 4);
                if (random.nextInt(8) > 0) {
                    send(policyId, update(policyId, state, epoch, random.nextLong(1, 50)), state);
                } else {
                    forget(policyId, state, random.nextBoolean() ? epoch : null);
                }
            }
            if (committed) {
                producer.commitTransaction();
            } else {
                producer.flush();
                producer.abortTransaction();
            }
        }

        /** Something that the agent acts on in the state where it begins. */
        void announceStart(long version) {
            producer.beginTransaction();
            send("maze", update("maze", "0", 9, version), "0");
            producer.commitTransaction();
        }

        private PolicyUpdate update(String policyId, String state, long epoch, long version) {
            List<Double> qValues = random.doubles(4).boxed().toList();
            return PolicyUpdate.newBuilder()
                    .setPolicyId(policyId)
                    .setState(state)
                    .setAction(random.nextInt(4))
                    .setValue(1)
                    .setQValues(qValues)
                    .setVisits(List.of(1L, 1L, 1L, 1L))
                    .setUpdates(4)
                    .setVersion(version)
                    .setEpoch(epoch)
                    .setReason(UpdateReason.RESTORED)
                    .setUpdatedAt(Instant.EPOCH)
                    .build();
        }

        private void send(String policyId, PolicyUpdate update, String state) {
            send(new ProducerRecord<>(
                    Topics.POLICY,
                    new PolicyKey(policyId, state).toBytes(),
                    AvroCodec.policyUpdate().encode(update)));
        }

        private void forget(String policyId, String state, @Nullable Long epoch) {
            ProducerRecord<byte[], byte[]> tombstone =
                    new ProducerRecord<>(Topics.POLICY, new PolicyKey(policyId, state).toBytes(), null);
            if (epoch != null) {
                tombstone.headers().add(TombstoneHeaders.EPOCH, epoch.toString().getBytes(UTF_8));
            }
            send(tombstone);
        }

        private void send(ProducerRecord<byte[], byte[]> sent) {
            // A transaction that is committed has all its records.
            var unused = producer.send(sent);
        }

        @Override
        public void close() {
            producer.close();
        }
    }

    @Test
    void itHoldsWhatAPolicyViewHoldsWhateverTheOrderOfRecordsAndEndsWithCtrlC() throws Exception {
        TopicsCommand.createDefaults(broker.bootstrapServers(), 2);
        JsonNode told;
        Map<String, StatePolicy> reference;
        try (ErraticJob job = new ErraticJob()) {
            job.announce(500, true);
            // The end of the topic is none of its records.
            job.announce(100, false);
            try (StreamqProcess agent = agent("--episodes", "-1");
                    PolicyView view = new PolicyView(PolicyViewSettings.of(broker.bootstrapServers(), "maze"))) {
                view.awaitCaughtUp(PATIENCE);
                int known = view.size();
                await().atMost(PATIENCE).until(() -> agent.err().contains("knows " + known + " states of policy maze"));
                job.announce(500, true);
                job.announce(100, false);
                job.announceStart(77);
                await().atMost(PATIENCE).until(() -> experiences().stream()
                        .anyMatch(acted -> Objects.equals(acted.getPolicyVersion(), 77L)));
                await().atMost(PATIENCE).until(() -> view.lookup("0") != null);
                reference = view.snapshot();
                agent.interrupt();
                told = summary(agent, 130);
            }
        }
        assertThat(told.get("delivered").longValue()).isEqualTo(experiences().size());
        assertThat(reference).hasSizeBetween(10, 40);
        assertThat(told.get("policy").properties()).hasSameSizeAs(reference.keySet());
        reference.forEach((state, row) -> assertHeld(
                told.get("policy").get(state),
                row.action(),
                Arrays.stream(row.qValues()).boxed().toList(),
                row.epoch(),
                row.version()));
    }

    /** By default librdkafka would go on at the end of the new topic, behind what is announced before it notices. */
    @Test
    void aTopicThatWasMadeAnewIsReadFromItsBeginning() throws Exception {
        TopicsCommand.createDefaults(broker.bootstrapServers(), 2);
        try (ErraticJob job = new ErraticJob()) {
            job.announce(500, true);
        }
        try (StreamqProcess agent = agent("--episodes", "-1")) {
            await().atMost(PATIENCE).until(() -> agent.err().contains("states of policy maze"));
            signal(agent, "STOP");
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
                admin.deleteTopics(List.of(Topics.POLICY)).all().get();
                await().atMost(PATIENCE)
                        .until(() -> !admin.listTopics().names().get().contains(Topics.POLICY));
            }
            TopicsCommand.create(broker.bootstrapServers(), 2, Topics.EXPERIENCES, Topics.POLICY);
            try (ErraticJob job = new ErraticJob()) {
                job.announceStart(77);
            }
            signal(agent, "CONT");
            await().atMost(PATIENCE).until(() -> experiences().stream()
                    .anyMatch(acted -> Objects.equals(acted.getPolicyVersion(), 77L)));
        }
    }

    private static void signal(StreamqProcess agent, String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, "" + agent.pid()).start().waitFor();
    }

    /** Whoever waits for an answer of the broker that has nothing new waits for ever then. */
    @Test
    void itCatchesUpWhileOthersAreAnnouncedAllTheTime() throws Exception {
        TopicsCommand.createDefaults(broker.bootstrapServers(), 2);
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        try (KafkaProducer<byte[], byte[]> job = new KafkaProducer<>(
                        Map.of("bootstrap.servers", broker.bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
                StreamqProcess agent = agent("--episodes", "1")) {
            byte[] key = new PolicyKey("other", "0").toBytes();
            var unused = clock.scheduleAtFixedRate(() -> forget(job, key), 0, 5, TimeUnit.MILLISECONDS);
            assertThat(summary(agent, 0).get("episodes").intValue()).isOne();
        } finally {
            clock.shutdownNow();
        }
    }

    private static void forget(KafkaProducer<byte[], byte[]> job, byte[] key) {
        var unused = job.send(new ProducerRecord<>(Topics.POLICY, key, null));
    }

    @Test
    void policyOfAnotherSchemaEndsItWithASentence() throws Exception {
        TopicsCommand.createDefaults(broker.bootstrapServers(), 2);
        try (KafkaProducer<byte[], byte[]> job = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            job.send(new ProducerRecord<>(Topics.POLICY, new PolicyKey("maze", "0").toBytes(), new byte[20]))
                    .get();
        }
        try (StreamqProcess agent = agent()) {
            assertThat(agent.awaitExit(PATIENCE)).isOne();
            assertThat(agent.err())
                    .contains("must hold version 1 of PolicyUpdate")
                    .contains("got 00000000000000000000")
                    .doesNotContain("Traceback");
        }
    }

    @Test
    void aMissingTopicIsASentence() throws Exception {
        try (StreamqProcess agent = agent()) {
            assertThat(agent.awaitExit(PATIENCE)).isOne();
            assertThat(agent.err())
                    .contains(Topics.POLICY + " must exist", "run ./streamq topics create")
                    .doesNotContain("Traceback");
        }
    }

    @Test
    void experienceThatTheBrokerRefusesIsToldAndCounted() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            NewTopic narrow = new NewTopic(Topics.EXPERIENCES, 1, (short) 1);
            admin.createTopics(List.of(
                            narrow.configs(Map.of("max.message.bytes", "10")),
                            new NewTopic(Topics.POLICY, 1, (short) 1)))
                    .all()
                    .get();
        }
        try (StreamqProcess agent = agent("--episodes", "3")) {
            JsonNode told = summary(agent, 1);
            assertThat(told.get("lost").longValue()).isPositive();
            assertThat(told.get("delivered").longValue()).isZero();
            assertThat(agent.err()).contains("experience was not delivered to " + Topics.EXPERIENCES);
        }
    }
}

package io.streamq.cli.agents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamq.cli.Invocation;
import io.streamq.cli.StreamqProcess;
import io.streamq.cli.broker.LocalBroker;
import io.streamq.cli.job.LocalJob;
import io.streamq.cli.program.TemporaryFolder;
import io.streamq.cli.topics.TopicsCommand;
import io.streamq.job.options.JobOptions;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.PolicyKey;
import io.streamq.schemas.PolicyUpdate;
import io.streamq.schemas.Topics;
import io.streamq.schemas.UpdateReason;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Simulated agents alone, on a broker and a job that know nothing of them. */
class AgentsKafkaITCase {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    /** SARSA refuses experience that does not name the next action. */
    @Test
    void agentsThatActOnWhatAnyJobLearnsComeNearTheOptimum() throws Exception {
        try (LocalBroker broker = LocalBroker.start();
                TemporaryFolder work = TemporaryFolder.create("streamq-test")) {
            TopicsCommand.createDefaults(broker.bootstrapServers(), 2);
            JobOptions options = JobOptions.of(Map.of(
                    "streamq.kafka.bootstrap-servers", broker.bootstrapServers(),
                    "streamq.policy.actions", "4",
                    "streamq.policy.algorithm", "SARSA",
                    "streamq.policy.learning-rate.schedule", "CONSTANT",
                    "streamq.job.parallelism", "2"));
            try (LocalJob job = LocalJob.start(options, new Configuration(), work.path())) {
                Invocation agents = agents(broker, "--epsilon", "0.1", "--rate", "8000", "--experiences", "60000");
                assertThat(agents.exitCode()).as(agents.err()).isZero();

                JsonNode outcome = new ObjectMapper().readTree(agents.out());
                assertThat(outcome.get("experiences").asLong()).isEqualTo(60_000);
                assertThat(outcome.get("states").asInt()).isEqualTo(15);
                assertThat(outcome.get("policyUpdates").asInt()).isPositive();
                assertThat(outcome.get("meanReturn").asDouble())
                        .isCloseTo(outcome.get("optimalMeanReturn").asDouble(), within(0.5));
                await().atMost(PATIENCE)
                        .until(() -> job.metrics().experiencesApplied()
                                        + job.metrics().deadLetters()
                                == 60_000);
                assertThat(job.metrics().deadLetters()).isZero();
            }
        }
    }

    @Test
    void agentsWaitForTheirTopicsAndThroughARestartOfTheBroker() throws Exception {
        LocalBroker broker = LocalBroker.start(0, folder.resolve("kafka"));
        String address = broker.bootstrapServers();
        try (StreamqProcess agents =
                StreamqProcess.start(folder, "agents", "-b", address, "--rate", "500", "--experiences", "5000")) {
            await().atMost(PATIENCE).until(() -> agents.err().contains("Waiting for topic"));
            assertThat(agents.err())
                    .contains("streamq.policy.v1", "streamq topics create --bootstrap-servers " + address);

            TopicsCommand.createDefaults(address, 2);
            await().atMost(PATIENCE).until(() -> agents.err().contains(" experiences  "));
            broker.close();
            await().pollDelay(Duration.ofSeconds(3)).until(() -> true);
            broker = LocalBroker.start(Integer.parseInt(address.substring(address.indexOf(':') + 1)), broker.folder());

            assertThat(agents.awaitExit(PATIENCE)).as(agents.err()).isZero();
            assertThat(agents.out()).contains("Published 5,000 experiences", "Kafka has confirmed all of them.");
            Path warnings = StreamqProcess.states(folder).resolve(Path.of("streamq", "agents.log"));
            assertThat(agents.out()).contains("warnings go to " + warnings);
            assertThat(warnings).content().contains("WARN").contains("could not be established");
        } finally {
            broker.close();
        }
    }

    @Test
    void ctrlCEndsAgentsThatWouldLiveForEverAndTellsWhatTheyDid() throws Exception {
        try (LocalBroker broker = LocalBroker.start()) {
            TopicsCommand.createDefaults(broker.bootstrapServers(), 2);
            try (StreamqProcess agents =
                    StreamqProcess.start(folder, "agents", "-b", broker.bootstrapServers(), "--json")) {
                await().atMost(PATIENCE).until(() -> agents.err().contains(" experiences  "));
                agents.interrupt();
                assertThat(agents.awaitExit(Duration.ofSeconds(5))).isEqualTo(130);
                assertThat(new ObjectMapper()
                                .readTree(agents.out())
                                .get("experiences")
                                .asLong())
                        .isPositive();
            }
        }
    }

    @Test
    void ctrlCTellsWhatAgentsDidAlsoWhileTheBrokerIsAway() throws Exception {
        try (LocalBroker broker = LocalBroker.start()) {
            TopicsCommand.createDefaults(broker.bootstrapServers(), 2);
            try (StreamqProcess agents =
                    StreamqProcess.start(folder, "agents", "-b", broker.bootstrapServers(), "--json")) {
                await().atMost(PATIENCE).until(() -> agents.err().contains(" experiences  "));
                broker.close();
                await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
                agents.interrupt();
                assertThat(agents.awaitExit(Duration.ofSeconds(10))).isEqualTo(130);
                JsonNode outcome = new ObjectMapper().readTree(agents.out());
                assertThat(outcome.get("experiences").asLong()).isPositive();
                assertThat(outcome.get("lost").asLong()).isPositive();
            }
        }
    }

    @Test
    void twoRunsHaveAgentsOfDifferentNames() throws Exception {
        try (LocalBroker broker = LocalBroker.start()) {
            TopicsCommand.createDefaults(broker.bootstrapServers(), 2);
            JsonNode first = new ObjectMapper()
                    .readTree(agents(broker, "--experiences", "10").out());
            JsonNode second = new ObjectMapper()
                    .readTree(agents(broker, "--experiences", "10").out());
            assertThat(first.get("agents")).isNotEqualTo(second.get("agents"));
        }
    }

    @Test
    void aPolicyOfOtherActionsThanTheWorldIsAWarning() throws Exception {
        try (LocalBroker broker = LocalBroker.start()) {
            TopicsCommand.createDefaults(broker.bootstrapServers(), 2);
            PolicyUpdate row = PolicyUpdate.newBuilder()
                    .setPolicyId("lake")
                    .setState("0")
                    .setAction(1)
                    .setValue(0.5)
                    .setQValues(List.of(0.0, 0.5))
                    .setVisits(List.of(1L, 1L))
                    .setUpdates(2)
                    .setVersion(1)
                    .setEpoch(1)
                    .setReason(UpdateReason.FIRST)
                    .setUpdatedAt(Instant.EPOCH)
                    .build();
            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", broker.bootstrapServers()),
                    new ByteArraySerializer(),
                    new ByteArraySerializer())) {
                producer.send(new ProducerRecord<>(
                                Topics.POLICY,
                                new PolicyKey("lake", "0").toBytes(),
                                AvroCodec.policyUpdate().encode(row)))
                        .get();
            }
            Invocation agents = agents(broker, "--policy", "lake", "--experiences", "10");
            assertThat(agents.exitCode()).isZero();
            assertThat(agents.err())
                    .contains("streamq: warning: policy 'lake' has 2 actions and this world has 4: a job with 2 rejects"
                            + " experience with actions 2 to 3");
            assertThat(agents(broker, "--experiences", "10").err()).doesNotContain("warning");
        }
    }

    @Test
    void anUnreachableBrokerIsASentence() {
        Invocation agents = Invocation.of("agents", "-b", "127.0.0.1:1");
        assertThat(agents.exitCode()).isOne();
        assertThat(agents.err()).contains("no Kafka broker can be reached at 127.0.0.1:1");
    }

    @Test
    void whatIsWrongWithTheOptionsIsToldBeforeAnythingStarts() {
        assertThat(wrong("--agents", "0")).contains("--agents must be at least 1");
        assertThat(wrong("--epsilon", "0.5..0.1")).contains("--epsilon", "0.05..1", "'0.5..0.1'");
        assertThat(wrong("--rate", "0")).contains("--rate must be at least 1");
        assertThat(wrong("--world", "moon")).contains("--world must be frozen-lake");
        assertThat(wrong("--policy", "a/b")).contains("--policy must have 1 to 64 characters");
        assertThat(wrong("--experiences", "0")).contains("--experiences must be at least 1");
    }

    private static String wrong(String option, String value) {
        Invocation agents = Invocation.of("agents", "-b", "127.0.0.1:1", option, value);
        assertThat(agents.exitCode()).isEqualTo(2);
        return agents.err();
    }

    private static Invocation agents(LocalBroker broker, String... options) {
        List<String> all = new ArrayList<>(
                List.of("agents", "-b", broker.bootstrapServers(), "--json", "--world", "grid", "--size", "4x4"));
        all.addAll(List.of(options));
        return Invocation.of(all.toArray(String[]::new));
    }
}

package io.streamq.cli.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamq.cli.Invocation;
import io.streamq.cli.Main;
import io.streamq.cli.broker.LocalBroker;
import io.streamq.cli.program.ExitCodes;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.PolicyKey;
import io.streamq.schemas.PolicyUpdate;
import io.streamq.schemas.Topics;
import io.streamq.schemas.UpdateReason;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PolicyKafkaITCase {
    private LocalBroker broker;
    private KafkaProducer<byte[], byte[]> producer;

    @BeforeEach
    void startBroker() throws IOException {
        broker = LocalBroker.start();
        assertThat(Invocation.of("topics", "create", "-b", broker.bootstrapServers())
                        .exitCode())
                .isZero();
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @AfterEach
    void stopBroker() {
        producer.close();
        broker.close();
    }

    @Test
    void newestRecordOfEachStateIsShownInNaturalOrder() {
        announce("lake", "10", 1, 1);
        announce("lake", "2", 3, 1);
        announce("lake", "2", 0, 2);
        announce("lake", "9", 2, 1);
        announce("cliff", "36", 0, 1);
        forget("lake", "9");

        Invocation policy = policy("--policy", "lake");
        assertThat(policy.exitCode()).as(policy.err()).isEqualTo(ExitCodes.DONE);
        assertThat(policy.outLines().get(0)).matches("state +action +value +updates +version +epoch +reason +updated");
        assertThat(policy.outLines().get(1))
                .matches("2 +0 +0\\.5000 +2,000 +2 +7 +greedy action changed +2026-01-31T12:00:00Z");
        assertThat(policy.outLines().get(2)).startsWith("10 ");
        assertThat(policy.outLines())
                .last()
                .isEqualTo("2 states; values and updates are those of each state's last announcement");
        assertThat(policy.err()).isEmpty();

        assertThat(policy().outLines())
                .filteredOn(line -> line.matches("cliff +36 .+"))
                .hasSize(1);
    }

    @Test
    void jsonIsALineForEachState() throws IOException {
        announce("lake", "2", 3, 1);
        announce("lake", "1", 2, 1);
        Invocation policy = policy("--json");
        assertThat(policy.outLines()).hasSize(2);
        JsonNode first = new ObjectMapper().readTree(policy.outLines().get(0));
        assertThat(first.get("state").asText()).isEqualTo("1");
        assertThat(first.get("qValues")).hasSize(4);
        assertThat(first.get("visits")).hasSize(4);
        assertThat(first.get("updatedAt").asText()).isEqualTo("2026-01-31T12:00:00Z");
    }

    @Test
    void emptyTopicIsASentence() {
        Invocation policy = policy("--policy", "lake");
        assertThat(policy.exitCode()).isEqualTo(ExitCodes.DONE);
        assertThat(policy.out()).contains("holds no state of policy 'lake'");
    }

    @Test
    void followPrintsEveryChangeAsItArrives() throws Exception {
        announce("lake", "1", 2, 1);
        StringWriter out = new StringWriter();
        String[] args = {"policy", "-b", broker.bootstrapServers(), "--follow", "--json"};
        CompletableFuture<Integer> exitCode = new CompletableFuture<>();
        Thread command = new Thread(
                () -> exitCode.complete(Main.run(args, new PrintWriter(out), new PrintWriter(new StringWriter()))));
        command.start();
        try {
            await().until(() -> out.toString().lines().count() == 1);
            announce("lake", "1", 3, 2);
            await().until(() -> out.toString().lines().count() == 2);
            forget("lake", "1");
            await().until(() ->
                    out.toString().endsWith("{\"policyId\":\"lake\",\"state\":\"1\",\"forgotten\":true}\n"));
        } finally {
            command.interrupt();
        }
        assertThat(exitCode.get()).isEqualTo(ExitCodes.INTERRUPTED);
    }

    @Test
    void recordsThatAreNoPolicyUpdatesAreMentioned() {
        announce("lake", "1", 2, 1);
        send(new PolicyKey("lake", "3"), new byte[] {1, 2, 3});
        Invocation policy = policy();
        assertThat(policy.exitCode()).isEqualTo(ExitCodes.DONE);
        assertThat(policy.err()).contains("1 record of topic streamq.policy.v1");
    }

    private Invocation policy(String... options) {
        return Invocation.of(Stream.concat(Stream.of("policy", "-b", broker.bootstrapServers()), Stream.of(options))
                .toArray(String[]::new));
    }

    private void announce(String policyId, String state, int action, long version) {
        PolicyUpdate update = PolicyUpdate.newBuilder()
                .setPolicyId(policyId)
                .setState(state)
                .setAction(action)
                .setValue(0.5)
                .setQValues(List.of(0.5, 0.5, 0.5, 0.5))
                .setVisits(List.of(1L, 2L, 3L, 4L))
                .setUpdates(1000 * version)
                .setVersion(version)
                .setEpoch(7)
                .setReason(version == 1 ? UpdateReason.FIRST : UpdateReason.GREEDY_ACTION_CHANGED)
                .setUpdatedAt(Instant.parse("2026-01-31T12:00:00Z"))
                .build();
        send(new PolicyKey(policyId, state), AvroCodec.policyUpdate().encode(update));
    }

    private void forget(String policyId, String state) {
        send(new PolicyKey(policyId, state), null);
    }

    private void send(PolicyKey key, byte @Nullable [] value) {
        try {
            producer.send(new ProducerRecord<>(Topics.POLICY, key.toBytes(), value))
                    .get();
        } catch (ExecutionException | InterruptedException e) {
            throw new AssertionError("the record was not taken", e);
        }
    }
}

package io.streamq.cli.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.streamq.cli.Invocation;
import io.streamq.cli.broker.LocalBroker;
import io.streamq.cli.kafka.KafkaConnection;
import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.terminal.Terminal;
import io.streamq.cli.topics.TopicsCommand;
import io.streamq.schemas.AlgorithmConfig;
import io.streamq.schemas.AlgorithmKind;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.PolicyConfig;
import io.streamq.schemas.PolicyConfigOutcome;
import io.streamq.schemas.PolicyConfigStatus;
import io.streamq.schemas.Topics;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Partitioner;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the commands make of the control topic where no job says anything, as while it is stopped. */
class ConfigWithoutJobKafkaITCase {
    private static final AvroCodec<PolicyConfig> CODEC = AvroCodec.policyConfig();
    private static final byte[] GARBAGE = "garbage".getBytes(UTF_8);
    private static final PrintWriter NOWHERE = new PrintWriter(Writer.nullWriter());

    private LocalBroker broker;

    @BeforeEach
    void startBroker() throws Exception {
        broker = LocalBroker.start();
        TopicsCommand.createDefaults(broker.bootstrapServers(), 1);
    }

    @AfterEach
    void stopBroker() {
        broker.close();
    }

    private Invocation config(String... arguments) {
        List<String> line = new ArrayList<>(List.of("config"));
        line.addAll(List.of(arguments));
        line.addAll(List.of("-b", broker.bootstrapServers()));
        return Invocation.of(line.toArray(String[]::new));
    }

    private Invocation done(String... arguments) {
        Invocation invocation = config(arguments);
        assertThat(invocation.exitCode()).as(invocation.err()).isEqualTo(ExitCodes.DONE);
        return invocation;
    }

    /** Writes what no command would. */
    private void write(byte[] value) throws Exception {
        write(Topics.CONTROL, "lake", value);
    }

    /** Says what the only shard of a job would of a deletion at this offset. */
    private void sayDeleted(long offset, boolean durable) throws Exception {
        say(PolicyConfigOutcome.DELETED, offset, durable);
    }

    private void say(PolicyConfigOutcome outcome, long offset, boolean durable) throws Exception {
        say(1, outcome, offset, durable);
    }

    private void say(long epoch, PolicyConfigOutcome outcome, long offset, boolean durable) throws Exception {
        PolicyConfigStatus word = PolicyConfigStatus.newBuilder()
                .setPolicyId("lake")
                .setShard(0)
                .setShards(1)
                .setOutcome(outcome)
                .setPartition(0)
                .setOffset(offset)
                .setEpoch(epoch)
                .setUpdatedAt(Instant.EPOCH)
                .setDurable(durable)
                .build();
        write(Topics.CONTROL_STATUS, "lake/0", AvroCodec.policyConfigStatus().encode(word));
    }

    private void write(String topic, String key, byte @Nullable [] value) throws Exception {
        Map<String, Object> properties = Map.of("bootstrap.servers", broker.bootstrapServers());
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, key.getBytes(UTF_8), value))
                    .get();
        }
    }

    private void write(PolicyConfig.Builder config) throws Exception {
        write(CODEC.encode(config.build()));
    }

    /** As somebody does who tidies up a compacted topic after a rescale to fewer shards. */
    @Test
    void aWordOfAShardThatSomebodyRemovedIsSaidNoMore() throws Exception {
        done("set", "lake", "actions=3", "--no-wait");
        say(PolicyConfigOutcome.APPLIED, 0, true);
        assertThat(done("list").out()).containsPattern("lake +in force ");
        write(Topics.CONTROL_STATUS, "lake/0", null);

        assertThat(done("list").out()).containsPattern("lake +no job yet ");
    }

    @Test
    void whatADeadAttemptStillSaysOfAShardCountsNoMore() throws Exception {
        done("set", "lake", "actions=3", "--no-wait");
        say(2, PolicyConfigOutcome.APPLIED, 0, true);
        say(1, PolicyConfigOutcome.APPLIED, 0, false);
        assertThat(done("list").out()).containsPattern("lake +in force ");
        say(3, PolicyConfigOutcome.APPLIED, 0, false);
        assertThat(done("list").out()).contains("in force, in no checkpoint yet");
    }

    @Test
    void whoCreatesAPolicyAtTheSameTimeAsAnotherIsTold() throws Exception {
        SetConfigCommand set = new SetConfigCommand(Terminal.of(NOWHERE, NOWHERE));
        new CommandLine(set).parseArgs("lake", "actions=3", "--no-wait", "-b", broker.bootstrapServers());
        Map<String, Configured> foundNothing = set.topics.configurations();
        write(PolicyConfig.newBuilder().setActions(2));
        PolicyConfig config = PolicyConfig.newBuilder().setActions(3).build();
        assertThatThrownBy(() -> set.change(foundNothing, config))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContainingAll(
                        "somebody else changed policy 'lake' at the same time",
                        "(offsets 0 and 1 of the control topic)");
    }

    @Test
    void aPolicyCanBeFrozenThoughSomebodyWroteWhatIsNoConfiguration() throws Exception {
        done("set", "lake", "actions=3", "discount=0.5", "--no-wait");
        write(GARBAGE);
        Invocation got = done("get", "lake", "--json");
        assertThat(got.out()).contains("\"actions\":3", "\"discount\":0.5");
        assertThat(got.err()).contains("not the one at offset 1 of the control topic, which is refused: ");

        Invocation frozen = done("freeze", "lake", "--no-wait");
        assertThat(frozen.outLines()).containsExactly("frozen: false → true", "Written.");
        assertThat(frozen.err()).contains("not the one at offset 1 of the control topic, which is refused: ");
        got = done("get", "lake", "--json");
        assertThat(got.out()).contains("\"actions\":3", "\"frozen\":true", "\"discount\":0.5");
        assertThat(got.err()).isEmpty();
    }

    @Test
    void aChangeIsMadeToTheLastValidOneAndTakesNothingOfARefusedOneAlong() throws Exception {
        done("set", "lake", "actions=3", "discount=0.5", "--no-wait");
        write(PolicyConfig.newBuilder()
                .setActions(4)
                .setDiscount(-1)
                .setAlgorithm(AlgorithmConfig.newBuilder()
                        .setKind(AlgorithmKind.SARSA)
                        .build()));
        assertThat(done("set", "lake", "discount=0.9", "--no-wait").outLines())
                .containsExactly("discount: 0.5 → 0.9", "Written.");
        assertThat(done("get", "lake", "--json").out()).contains("\"actions\":3", "\"algorithm.kind\":\"Q_LEARNING\"");
    }

    @Test
    void aRefusedGenerationIsNotSentAgain() throws Exception {
        done("set", "lake", "actions=3", "generation=5", "--no-wait");
        write(PolicyConfig.newBuilder().setActions(3).setGeneration(4));
        Invocation again = config("set", "lake", "generation=4");
        assertThat(again.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(again.err()).contains("generation must not fall: it is 5, got 4");
        assertThat(done("reset", "lake", "--no-wait").out()).contains("generation: 5 → 6");
    }

    /** Else compaction would leave the refused one alone. */
    @Test
    void theSameIsWrittenAgainOverARefusedOne() throws Exception {
        done("set", "lake", "actions=3", "--no-wait");
        write(GARBAGE);
        assertThat(done("set", "lake", "actions=3", "--no-wait").out()).doesNotContain("Nothing to change");
        assertThat(done("get", "lake").err()).isEmpty();
        assertThat(done("set", "lake", "actions=3", "--no-wait").out()).contains("Nothing to change");
    }

    /** As compaction leaves it. */
    @Test
    void whereOnlyARefusedOneIsLeftWhoWritesANewOneIsToldOfTheDefaults() throws Exception {
        write(GARBAGE);
        Invocation frozen = config("freeze", "lake");
        assertThat(frozen.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(frozen.err())
                .contains(
                        "no valid configuration of policy 'lake', only the one at offset 0",
                        "fields that are not given have their defaults");
        assertThat(config("set", "lake", "discount=0.5").err())
                .contains("has no valid configuration", "give actions=N");
        assertThat(done("set", "lake", "actions=3", "--no-wait").err())
                .contains(
                        "no valid configuration of policy 'lake', only the one at offset 0",
                        "'streamq config fields' lists");
    }

    @Test
    void aDeletedPolicyIsListedUntilNoCrashBringsItBack() throws Exception {
        done("set", "lake", "actions=3", "--no-wait");
        done("delete", "lake", "--no-wait");
        assertThat(done("list").out()).contains("deleted: no job yet", "0 policies configured");
        assertThat(done("list", "--json").out())
                .contains("\"policyId\":\"lake\",\"standing\":\"deleted: no job yet\",\"deleted\":true");

        sayDeleted(1, false);
        assertThat(done("list").out()).contains("deleted: in force, in no checkpoint yet");
        Invocation early = config("delete", "lake", "--timeout", "1");
        assertThat(early.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(early.err()).contains("no checkpoint held it", "lists the policy until the deletion is in one");

        sayDeleted(1, true);
        assertThat(done("delete", "lake").out()).contains("Deleted on 1 shard ", "no crash undoes it");
        assertThat(done("list").out()).contains("No policy is configured");
        assertThat(done("list", "--json").out()).isEmpty();
    }

    @Test
    void aDeletedPolicyIsNewToWhoeverConfiguresIt() {
        done("set", "lake", "actions=3", "generation=5", "--no-wait");
        done("delete", "lake", "--no-wait");
        assertThat(config("freeze", "lake").err()).contains("policy 'lake' was deleted. Configure it with");
        assertThat(config("set", "lake", "discount=0.5").err()).contains("policy 'lake' is new: give actions=N too");
        Invocation anew = done("set", "lake", "actions=2", "--no-wait");
        assertThat(anew.out()).contains("actions: 2");
        assertThat(anew.err()).contains("policy 'lake' has not been configured since it was deleted");
        assertThat(config("delete", "other").err()).contains("nothing to delete");
    }

    @Test
    void noChangeIsWrittenWhoseAnswerCannotBeRead() {
        Invocation set = config("set", "lake", "actions=3", "--control-status-topic", "none");
        assertThat(set.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(set.err()).contains("topic 'none' does not exist", "nothing was written; --no-wait");
        assertThat(config("get", "lake").err()).contains("policy 'lake' is not configured");
        done("set", "lake", "actions=3", "--control-status-topic", "none", "--no-wait");
        assertThat(config("delete", "lake", "--control-status-topic", "none").err())
                .contains("nothing was written");
        done("get", "lake");
    }

    @Test
    void aTimeoutThatIsNoneIsWrongUsageAndNothingIsWritten() {
        for (String seconds : List.of("0", "-5")) {
            Invocation set = config("set", "lake", "actions=3", "--timeout", seconds);
            assertThat(set.exitCode()).isEqualTo(ExitCodes.USAGE);
            assertThat(set.err()).contains("--timeout must be at least 1: got " + seconds);
        }
        assertThat(config("get", "lake").err()).contains("policy 'lake' is not configured");
    }

    /** Who resets again makes a second generation. */
    @Test
    void whoLosesTheBrokerWhileWaitingIsToldThatTheChangeIsWritten() throws Exception {
        done("set", "lake", "actions=3", "--no-wait");
        CompletableFuture<Invocation> reset = CompletableFuture.supplyAsync(() -> config("reset", "lake"));
        await().until(() -> done("get", "lake", "--json").out().contains("\"generation\":1"));
        broker.close();
        assertThat(reset.get().exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(reset.get().err())
                .contains(
                        "no Kafka broker",
                        "The change of policy 'lake' is written (offset 1 of the control topic) and need not be made again",
                        "whether it is in force is not known: see 'streamq config list -b "
                                + broker.bootstrapServers());
    }

    /** Who resets again without looking makes a second generation, too. */
    @Test
    @Timeout(30)
    void whoLosesTheBrokerWhileSendingIsSoonToldThatTheChangeMayBeWritten() {
        LastMoment.broker.set(broker);
        ControlTopics topics = new ControlTopics(KafkaConnection.to(
                broker.bootstrapServers(),
                Map.of("partitioner.class", LastMoment.class.getName()),
                Duration.ofSeconds(2)));
        long start = System.nanoTime();
        assertThatThrownBy(() -> topics.send(
                        "lake", PolicyConfig.newBuilder().setActions(3).build()))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContainingAll(
                        "did not confirm within 2 s that the change of policy 'lake' is written",
                        "It may have been written nevertheless: check with 'streamq config get lake -b "
                                + broker.bootstrapServers());
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
    }

    /** Kafka's producer asks it when it has found the brokers, and before it sends. */
    public static final class LastMoment implements Partitioner {
        private static final AtomicReference<LocalBroker> broker = new AtomicReference<>();

        @Override
        public int partition(
                String topic, Object key, byte[] keyBytes, Object value, byte[] valueBytes, Cluster cluster) {
            broker.get().close();
            return 0;
        }

        @Override
        public void configure(Map<String, ?> configs) {}

        @Override
        public void close() {}
    }

    /** Its offsets have begun anew, and the status topic tells of those of before. */
    @Test
    void whatWasSaidOfAnEarlierControlTopicIsNoAnswer() throws Exception {
        say(PolicyConfigOutcome.APPLIED, 7, true);
        Invocation set = config("set", "lake", "actions=3", "--timeout", "1");
        assertThat(set.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(set.out()).doesNotContain("In force");
        assertThat(set.err()).contains("the change is written, but within 1 s only 0 of ");
        assertThat(done("list").out()).contains("no job yet");

        Invocation same = config("set", "lake", "actions=3", "--timeout", "1");
        assertThat(same.out()).contains("Nothing to change.").doesNotContain("In force");
        assertThat(same.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(config("delete", "lake", "--timeout", "1").exitCode()).isEqualTo(ExitCodes.FAILED);
    }

    /** By docs/operations.md, "Back up": a topic that was lost is another one, which is empty. */
    @Test
    void whatTheListPrintedIsPutBack(@TempDir Path folder) throws Exception {
        done("set", "defaults", "actions=2", "--no-wait");
        done("set", "gone", "actions=2", "--no-wait");
        done("delete", "gone", "--no-wait");
        done("set", "lake", "actions=4", "discount=0.1", "initialQ=-1e-7", "frozen=true", "generation=3", "--no-wait");
        done("set", "lake", "algorithm.kind=EXPECTED_SARSA", "algorithm.temperature=0.3", "--no-wait");
        done("set", "lake", "reward.clipMin=-2", "emission.valueTolerance=Infinity", "--no-wait");
        done("set", "lake", "limits.rows=1000000000000", "limits.duplicateWindow=4096", "--no-wait");
        Path file = Files.writeString(
                folder.resolve("configurations.json"), done("list", "--json").out());

        String[] restore = {"restore", file.toString(), "--control-topic", "anew"};
        assertThat(Invocation.of("topics", "create", "--control-topic", "anew", "-b", broker.bootstrapServers())
                        .exitCode())
                .isEqualTo(ExitCodes.DONE);
        assertThat(done(restore).outLines())
                .containsExactly("defaults: written", "lake: written", "2 policies are as in the file.");
        for (String policy : List.of("defaults", "lake")) {
            assertThat(done("get", policy, "--json", "--control-topic", "anew").out())
                    .isEqualTo(done("get", policy, "--json").out());
        }
        assertThat(done("list", "--json", "--control-topic", "anew").outLines())
                .as("the deleted one is not there")
                .hasSize(2);
        assertThat(done(restore).outLines())
                .containsExactly("defaults: unchanged", "lake: unchanged", "2 policies are as in the file.");
    }

    /** Else a value that somebody set since would stay. */
    @Test
    void whatIsNotInTheFileIsUnset(@TempDir Path folder) throws Exception {
        done("set", "lake", "actions=4", "--no-wait");
        Path file = Files.writeString(
                folder.resolve("configurations.json"), done("list", "--json").out());
        String before = done("get", "lake", "--json").out();
        done("set", "lake", "discount=0.5", "limits.rows=7", "--no-wait");
        assertThat(done("restore", file.toString()).out()).contains("lake: written");
        assertThat(done("get", "lake", "--json").out()).isEqualTo(before);
    }

    @Test
    void whereAnythingIsWrongNothingIsPutBackAndAllOfItIsTold(@TempDir Path folder) throws Exception {
        done("set", "lake", "actions=4", "generation=2", "--no-wait");
        String before = done("list", "--json").out();
        Path file = Files.writeString(folder.resolve("configurations.json"), """
                {"policyId":"maze","config":{"actions":2}}
                {"policyId":"lake","config":{"actions":4,"generation":1}}
                {"policyId":"a/b","config":{"actions":2}}
                {"policyId":"open","config":{"dicsount":0.5,"frozen":"perhaps"}}
                {"policyId":"maze","config":{"actions":3}}
                actions=4
                """);
        Invocation restored = config("restore", file.toString());
        assertThat(restored.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(restored.err())
                .contains(
                        "nothing was written",
                        "policy 'lake': generation must not fall: it is 2, got 1",
                        "line 3 must have a policyId of 1 to 64 characters",
                        "line 4, policy 'open': a configuration has no field 'dicsount'; the nearest is discount",
                        "line 4, policy 'open': frozen must be true | false: got 'perhaps'",
                        "policy 'open': actions must be in [1, 32768]: got 0",
                        "line 5 lists policy 'maze' again",
                        "line 6 must be a policy as 'streamq config list --json' prints it");
        assertThat(done("list", "--json").out()).isEqualTo(before);
        assertThat(config("restore", folder.resolve("none").toString()).err()).contains("there is no file");
    }

    /** The job takes no record with such a key. */
    @Test
    void aKeyThatIsNoPolicyIsNotListed() throws Exception {
        write(Topics.CONTROL, "no/policy", GARBAGE);
        assertThat(done("list").out()).contains("No policy is configured");
    }

    @Test
    void aRefusedOneIsListedAsSuchWithTheValuesOfTheLastValidOne() throws Exception {
        done("set", "lake", "actions=3", "discount=0.5", "--no-wait");
        assertThat(done("list").out()).contains("no job yet");
        write(PolicyConfig.newBuilder().setActions(4).setDiscount(-1));
        assertThat(done("list").out())
                .containsPattern("lake +refused +yes +3 .*0\\.5 +0\n")
                .contains("lake was refused: discount must be in [0, 1]: got -1.0")
                .doesNotContain("no job yet");
        assertThat(done("list", "--json").out())
                .contains(
                        "\"standing\":\"refused\"",
                        "\"violations\":[\"discount must be in [0, 1]: got -1.0\"]",
                        "\"actions\":3");
    }
}

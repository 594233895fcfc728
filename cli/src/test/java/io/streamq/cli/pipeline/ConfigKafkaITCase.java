package io.streamq.cli.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamq.agent.ExperiencePublisher;
import io.streamq.cli.Invocation;
import io.streamq.cli.program.ExitCodes;
import io.streamq.job.record.Rejection;
import io.streamq.learning.QRow;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.DeadLetterHeaders;
import io.streamq.schemas.Experience;
import io.streamq.schemas.PolicyConfig;
import io.streamq.schemas.TombstoneHeaders;
import io.streamq.schemas.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Policies are configured from the command line while the job runs. */
class ConfigKafkaITCase {
    private Pipeline pipeline;
    private ExperiencePublisher publisher;
    private long sent;

    @BeforeEach
    void start() throws Exception {
        pipeline = Pipeline.with(Map.of("streamq.policy.actions", "2", "streamq.job.checkpoint-interval", "200 ms"));
        publisher = pipeline.publisher();
    }

    @AfterEach
    void stop() {
        publisher.close();
        pipeline.close();
    }

    private Invocation config(String... arguments) {
        List<String> line = new ArrayList<>(List.of("config"));
        line.addAll(List.of(arguments));
        line.addAll(List.of("-b", pipeline.bootstrapServers()));
        return Invocation.of(line.toArray(String[]::new));
    }

    private String configured(String... arguments) {
        Invocation invocation = config(arguments);
        assertThat(invocation.exitCode()).as(invocation.err()).isEqualTo(ExitCodes.DONE);
        return invocation.out();
    }

    private void send(String policyId, String state, int action, double reward) throws InterruptedException {
        publisher.publish(Experience.newBuilder()
                .setPolicyId(policyId)
                .setState(state)
                .setAction(action)
                .setReward(reward)
                .setTerminated(true)
                .build());
        publisher.flush();
        sent++;
    }

    private void awaitApplied() {
        pipeline.awaitProcessed(sent);
    }

    /** The last record of each key. */
    private Map<String, ConsumerRecord<byte[], byte[]>> policyTopic() {
        Map<String, ConsumerRecord<byte[], byte[]>> last = new HashMap<>();
        pipeline.records(Topics.POLICY).forEach(consumed -> last.put(new String(consumed.key(), UTF_8), consumed));
        return last;
    }

    @Test
    void aPolicyIsConfiguredFrozenResetAndDeletedWhileTheJobRuns() throws Exception {
        assertThat(configured("list")).contains("No policy is configured");
        assertThat(configured("set", "lake", "actions=4", "reward.scale=10", "learningRate.schedule=CONSTANT"))
                .contains("actions: 4", "reward.scale: 1.0 → 10.0", "In force on 2 shards", "no crash undoes it");

        send("lake", "s", 3, 1); // the fourth action, which the job's options do not have
        awaitApplied();
        assertThat(pipeline.table().get("lake/s").value(0, 3)).isEqualTo(0.1 * 10);

        assertThat(configured("freeze", "lake")).contains("frozen: false → true");
        send("lake", "s", 3, 1000);
        send("other", "s", 1, 1);
        awaitApplied();
        assertThat(pipeline.table().get("lake/s").updates()).isOne();
        assertThat(configured("freeze", "lake", "--off")).contains("frozen: true → false");

        assertThat(configured("reset", "lake")).contains("generation: 0 → 1");
        assertThat(pipeline.table()).doesNotContainKey("lake/s");
        await().untilAsserted(
                        () -> assertThat(policyTopic().get("lake/s").value()).isNull());
        assertThat(header(policyTopic().get("lake/s"), TombstoneHeaders.EPOCH)).matches("[1-9][0-9]{12,}");
        send("lake", "s", 0, 2);
        awaitApplied();
        QRow anew = pipeline.table().get("lake/s");
        assertThat(anew.updates()).isOne();
        assertThat(anew.value(0, 0)).isEqualTo(0.1 * 20);

        assertThat(configured("list"))
                .contains("lake", "in force", "1 policy configured")
                .doesNotContain("checkpoint");
        assertThat(configured("get", "lake")).contains("reward.scale", "10.0").contains("generation");
        assertThat(configured("get", "lake", "--json")).contains("\"reward.scale\":10.0");

        assertThat(configured("delete", "lake")).contains("Deleted on 2 shards");
        assertThat(pipeline.table()).doesNotContainKey("lake/s").containsKey("other/s");
        await().untilAsserted(
                        () -> assertThat(policyTopic().get("lake/s").value()).isNull());
        assertThat(configured("list")).contains("No policy is configured");
        int written = pipeline.records(Topics.CONTROL).size();
        assertThat(configured("delete", "lake")).contains("Deleted on 2 shards", "no crash undoes it");
        assertThat(pipeline.records(Topics.CONTROL)).hasSize(written);
    }

    @Test
    void aConfigurationSurvivesARestartAndIsListedWithTheShardsOfTheNewAttempt() throws Exception {
        configured("set", "lake", "actions=3", "learningRate.schedule=CONSTANT", "learningRate.alpha=0.5");
        send("lake", "s", 2, 4);
        awaitApplied();
        pipeline.restartJob();
        sent = 0;
        send("lake", "s", 2, 6);
        awaitApplied();
        assertThat(pipeline.table().get("lake/s").value(0, 2)).isEqualTo(4); // 2, then half of the way to 6
        assertThat(configured("list")).contains("in force");
    }

    @Test
    void whatIsWrongIsRefusedWholeBeforeItIsSent() {
        configured("set", "lake", "actions=3");
        Invocation refused = config("set", "lake", "discount=2", "limits.rows=0", "emission.margin=0.5");
        assertThat(refused.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(refused.err())
                .contains(
                        "discount must be in [0, 1]: got 2.0",
                        "limits.rows must be at least 1, or null: got 0",
                        "the last valid configuration is kept");
        assertThat(configured("get", "lake", "--json")).contains("\"emission.margin\":0.0");
        assertThat(config("set", "lake", "emision.margin=1").err()).contains("the nearest is emission.margin");
        assertThat(config("set", "lake", "algorithm.kind=A3C").err()).contains("Q_LEARNING | DOUBLE_Q_LEARNING");
        assertThat(config("set", "lake", "algorithm.kind=WATKINS_Q_LAMBDA").err())
                .contains("0007-no-traces");
        assertThat(config("freeze", "like").err())
                .contains("policy 'like' is not configured; the configured ones are: lake");
    }

    @Test
    void everyFieldThatCannotBeReadIsToldBesideWhatIsWrongWithTheOthers() {
        configured("set", "lake", "actions=3");
        Invocation wrong = config("set", "lake", "discount=2", "foo=1", "emission.margin=x");
        assertThat(wrong.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(wrong.err())
                .contains(
                        "no field 'foo'. 'streamq config fields'",
                        "emission.margin must be number: got 'x'",
                        "discount must be in [0, 1]: got 2.0")
                .doesNotContain("nearest");
        assertThat(configured("get", "lake", "--json")).contains("\"discount\":0.99");
    }

    @Test
    void aNewPolicyWithoutItsNumberOfActionsIsWrongUsageAndNothingIsSent() {
        Invocation wrong = config("set", "lake", "discount=0.9");
        assertThat(wrong.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(wrong.err())
                .startsWith("streamq: policy 'lake' is new: give actions=N too")
                .doesNotContain("warning", "got 0");
        assertThat(configured("list")).contains("No policy is configured");
        assertThat(config("set", "lake", "actions=3", "discount=2").err())
                .contains("discount must be in [0, 1]: got 2.0")
                .doesNotContain("warning");
    }

    @Test
    void whatAnotherClientSentWrongIsRefusedByTheJobAndTheLastValidOneStays() throws Exception {
        configured("set", "lake", "actions=3", "learningRate.schedule=CONSTANT", "learningRate.alpha=0.5");
        PolicyConfig wrong = PolicyConfig.newBuilder()
                .setActions(0)
                .setDiscount(-1)
                .setFrozen(true)
                .build();
        try (KafkaProducer<byte[], byte[]> producer = pipeline.producer()) {
            producer.send(new ProducerRecord<>(
                            Topics.CONTROL,
                            "lake".getBytes(UTF_8),
                            AvroCodec.policyConfig().encode(wrong)))
                    .get();
            producer.send(new ProducerRecord<>(Topics.CONTROL, "lake".getBytes(UTF_8), "garbage".getBytes(UTF_8)))
                    .get();
        }
        await().until(() -> pipeline.deadLetters().size() == 2);
        ConsumerRecord<byte[], byte[]> letter = pipeline.deadLetters().get(0);
        assertThat(header(letter, DeadLetterHeaders.REASON)).isEqualTo(Rejection.POLICY_CONFIG_INVALID.name());
        assertThat(header(letter, DeadLetterHeaders.SOURCE_TOPIC)).isEqualTo(Topics.CONTROL);
        assertThat(header(letter, DeadLetterHeaders.MESSAGE))
                .contains("actions must be in [1, 32768]: got 0", "discount must be in [0, 1]: got -1.0");
        assertThat(configured("list")).contains("refused");

        send("lake", "s", 2, 4);
        sent += 2; // the dead letters
        awaitApplied();
        assertThat(pipeline.table().get("lake/s").value(0, 2)).isEqualTo(2);
    }

    @Test
    void whatIsInForceAlreadyIsNotChangedAndIsSaidToBeInForce() {
        configured("set", "lake", "actions=3");
        assertThat(configured("set", "lake", "actions=3")).contains("Nothing to change.", "In force on 2 shards");
        assertThat(configured("set", "lake", "actions=3", "--json"))
                .contains("\"applied\":true", "\"durable\":true", "\"shards\":2", "\"changes\":[]");
        assertThat(configured("set", "lake", "actions=3", "--no-wait", "--json"))
                .contains("\"applied\":false");
    }

    @Test
    void whoConfiguresAPolicyFirstIsToldThatItLeavesTheOptionsOfTheJob() {
        assertThat(config("set", "lake", "actions=3").err()).contains("none from the job's options");
        assertThat(config("set", "lake", "discount=0.5").err()).isEmpty();
    }

    @Test
    void whoChangesAPolicyAtTheSameTimeAsAnotherIsTold() throws Exception {
        configured("set", "lake", "actions=3");
        AtomicBoolean changed = new AtomicBoolean();
        Thread other = new Thread(() -> {
            try (KafkaProducer<byte[], byte[]> producer = pipeline.producer()) {
                for (int i = 0; !changed.get(); i++) {
                    PolicyConfig config = PolicyConfig.newBuilder()
                            .setActions(3)
                            .setDiscount(0.5 + (i % 50) / 100.0)
                            .build();
                    byte[] value = AvroCodec.policyConfig().encode(config);
                    producer.send(new ProducerRecord<>(Topics.CONTROL, "lake".getBytes(UTF_8), value))
                            .get();
                    Thread.sleep(20);
                }
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        other.start();
        Invocation change = config("set", "lake", "emission.margin=0.5");
        changed.set(true);
        other.join();
        assertThat(change.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(change.err()).contains("somebody else changed policy 'lake' at the same time");
    }

    private static String header(ConsumerRecord<byte[], byte[]> consumed, String name) {
        return new String(consumed.headers().lastHeader(name).value(), UTF_8);
    }
}

package io.streamq.cli.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.streamq.agent.ExperiencePublisher;
import io.streamq.cli.Invocation;
import io.streamq.learning.QRow;
import io.streamq.schemas.AlgorithmConfig;
import io.streamq.schemas.AlgorithmKind;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.EmissionConfig;
import io.streamq.schemas.Experience;
import io.streamq.schemas.LearningRateConfig;
import io.streamq.schemas.LearningRateSchedule;
import io.streamq.schemas.PolicyConfig;
import io.streamq.schemas.RewardConfig;
import io.streamq.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/**
 * A hundred policies side by side, one of them given another configuration every second while all learn, and the job restarted in
 * the middle. The worlds are chains of two states, whose values are known for any configuration: what a policy ends with tells by
 * which configuration it learnt.
 */
class ManyPoliciesKafkaITCase {
    private static final int POLICIES = 100;
    private static final int ROUNDS_UNDER_LOAD = 150;
    /** With a rate of one half, what came before the last change counts for nothing: each of two tables is tossed often enough. */
    private static final int ROUNDS_TO_SETTLE = 150;

    private final AvroCodec<PolicyConfig> codec = AvroCodec.policyConfig();
    private final AtomicInteger changes = new AtomicInteger();

    private static String id(int policy) {
        return "policy-" + policy;
    }

    /** Each policy has its own number of actions, which no other configuration of it changes. */
    private static int actions(int policy) {
        return 2 + policy % 3;
    }

    private static double reward(int policy, int action) {
        return policy + 10 * action;
    }

    /** The k-th configuration of a policy. */
    private static PolicyConfig config(int policy, int k) {
        AlgorithmKind[] kinds = {AlgorithmKind.Q_LEARNING, AlgorithmKind.DOUBLE_Q_LEARNING, AlgorithmKind.EXPECTED_SARSA
        };
        return PolicyConfig.newBuilder()
                .setActions(actions(policy))
                .setDiscount(0.5 + 0.01 * ((policy + 7 * k) % 50))
                .setAlgorithm(AlgorithmConfig.newBuilder()
                        .setKind(kinds[(policy + k) % 3])
                        .setEpsilon(0)
                        .build())
                .setLearningRate(LearningRateConfig.newBuilder()
                        .setSchedule(LearningRateSchedule.CONSTANT)
                        .setAlpha(0.5)
                        .build())
                .setReward(RewardConfig.newBuilder().setScale(1 + k % 4).build())
                .setEmission(EmissionConfig.newBuilder()
                        .setMargin(k % 2 * 0.5)
                        .setMinimumVisits(1 + k % 3)
                        .build())
                .build();
    }

    @Test
    void eachPolicyEndsWithWhatItsOwnExperienceAndConfigurationImply() throws Exception {
        SplittableRandom random = new SplittableRandom(20);
        int[] version = new int[POLICIES];
        try (Pipeline pipeline = Pipeline.with(Map.of("streamq.policies.unknown", "REJECT"));
                KafkaProducer<byte[], byte[]> producer = pipeline.producer();
                ExperiencePublisher publisher = pipeline.publisher()) {
            ScheduledExecutorService operator = Executors.newSingleThreadScheduledExecutor();
            for (int policy = 0; policy < POLICIES; policy++) {
                set(producer, policy, 0);
            }
            pipeline.restartJob(); // now it knows all of them before it reads any experience
            ScheduledFuture<?> changing = operator.scheduleAtFixedRate(
                    () -> {
                        int policy = random.nextInt(POLICIES);
                        set(producer, policy, ++version[policy]);
                    },
                    0,
                    1,
                    TimeUnit.SECONDS);

            long sent = 0;
            for (int round = 0; round < ROUNDS_UNDER_LOAD; round++) {
                sent += sendRound(publisher);
                if (round == ROUNDS_UNDER_LOAD / 2) {
                    pipeline.restartJob();
                }
                Thread.sleep(Duration.ofMillis(40).toMillis()); // the load that the changes happen under
            }
            changing.cancel(false);
            operator.shutdown();
            assertThat(operator.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
            assertThat(changes.get()).isGreaterThan(POLICIES + 5);
            await().atMost(Duration.ofSeconds(30)).until(() -> allInForce(pipeline.bootstrapServers()));

            for (int round = 0; round < ROUNDS_TO_SETTLE; round++) {
                sent += sendRound(publisher);
            }
            long visits = sent;
            Map<String, QRow> table = await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofSeconds(1))
                    .until(pipeline::table, each -> Pipeline.visits(each) >= visits);
            assertThat(Pipeline.visits(table)).isEqualTo(visits);
            assertThat(pipeline.deadLetters()).isEmpty();
            for (int policy = 0; policy < POLICIES; policy++) {
                assertLearnt(table, policy, config(policy, version[policy]));
            }
        }
    }

    private static boolean allInForce(String bootstrapServers) {
        List<String> lines = Invocation.of("config", "list", "--json", "-b", bootstrapServers)
                .outLines();
        return lines.size() == POLICIES && lines.stream().allMatch(line -> line.contains("\"standing\":\"in force\""));
    }

    private void set(KafkaProducer<byte[], byte[]> producer, int policy, int k) {
        changes.incrementAndGet();
        ProducerRecord<byte[], byte[]> written =
                new ProducerRecord<>(Topics.CONTROL, id(policy).getBytes(UTF_8), codec.encode(config(policy, k)));
        assertThat(producer.send(written)).succeedsWithin(Duration.ofSeconds(10));
    }

    /** Every action of every policy once, in both states: the first leads to the second, which ends the task. */
    private static long sendRound(ExperiencePublisher publisher) throws InterruptedException {
        long sent = 0;
        for (int policy = 0; policy < POLICIES; policy++) {
            for (int action = 0; action < actions(policy); action++) {
                for (String state : new String[] {"first", "second"}) {
                    boolean last = state.equals("second");
                    publisher.publish(Experience.newBuilder()
                            .setPolicyId(id(policy))
                            .setState(state)
                            .setAction(action)
                            .setReward(reward(policy, action))
                            .setNextState(last ? null : "second")
                            .setTerminated(last)
                            .build());
                    sent++;
                }
            }
        }
        publisher.flush();
        return sent;
    }

    private static void assertLearnt(Map<String, QRow> table, int policy, PolicyConfig config) {
        double scale = config.getReward().getScale();
        QRow first = table.get(id(policy) + "/first");
        QRow second = table.get(id(policy) + "/second");
        double best = scale * reward(policy, actions(policy) - 1);
        for (int action = 0; action < actions(policy); action++) {
            assertThat(first.visits(action))
                    .as("%s visits", id(policy))
                    .isEqualTo(ROUNDS_UNDER_LOAD + ROUNDS_TO_SETTLE);
            assertThat(second.visits(action)).isEqualTo(ROUNDS_UNDER_LOAD + ROUNDS_TO_SETTLE);
            double reward = scale * reward(policy, action);
            assertThat(second.meanValue(action)).as("Q of %s", id(policy)).isCloseTo(reward, within(1e-3));
            assertThat(first.meanValue(action))
                    .as("Q of %s, discount %s", id(policy), config.getDiscount())
                    .isCloseTo(reward + config.getDiscount() * best, within(1e-3));
        }
    }
}

package io.streamq.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamq.learning.QRow;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.Experience;
import io.streamq.schemas.Topics;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two TaskManagers, each with a shard: half of all experience leads to a state of the other one. */
class ReplicaClusterITCase {
    private static final int STATES = 100;
    private static final int ACTIONS = ExperienceFeed.ACTIONS;
    /** Flink asks for metrics every ten seconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** Looked up in vain, before DECODE looks again whether there is a replica. */
    private static final int UNTIL_NOTICED = 4096;
    /** Sent at once. In a burst, much is decoded before any of it is learnt, so values of successors are those of before it. */
    private static final int AT_ONCE = 1000;

    private static final Duration PAUSE = Duration.ofMillis(100);

    private final AvroCodec<Experience> codec = AvroCodec.experience();
    private final SplittableRandom random = new SplittableRandom(42);
    private RealCluster cluster;

    @BeforeEach
    void start() throws IOException {
        cluster = RealCluster.start(ReplicaClusterITCase.class, "--taskmanagers=2", "--slots=1");
        cluster.submit(
                "--parallelism=2",
                "--streamq.policy.discount=0.5",
                "--streamq.policy.learning-rate.schedule=CONSTANT",
                "--streamq.policy.learning-rate.alpha=0.1");
    }

    @AfterEach
    void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    /** A reward of 1 wherever one is, for ever: every value is 1 / (1 - 0.5), if those of successors are the true ones. */
    @Test
    void valuesOfTheOtherTaskManagerAreReadWhereTheExperienceIs() throws Exception {
        int first = 10_000;
        send(first);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(metric("replica", "replica.streamq.replicatedRows"))
                .as("rows of the one in the other, and the other way round")
                .isEqualTo(STATES));

        int second = 60_000;
        send(second);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(metric("learn", "learn.streamq.experiencesApplied"))
                .isEqualTo(first + second));
        assertThat(metric("bootstrap", "bootstrap.numRecordsIn"))
                .as("experience that went where its successor lives")
                .isBetween(0L, first + 2L * UNTIL_NOTICED);

        Map<String, QRow> table = RealCluster.table(cluster.run("savepoint"));
        assertThat(RealCluster.visits(table)).isEqualTo(first + second);
        assertThat(table).hasSize(STATES);
        assertThat(table.values())
                .allSatisfy(row -> assertThat(row.value(0, row.greedyAction())).isCloseTo(2, within(0.01)));
    }

    private void send(int experiences) throws InterruptedException {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", cluster.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < experiences; i++) {
                Experience experience = Experience.newBuilder()
                        .setState("s" + random.nextInt(STATES))
                        .setAction(random.nextInt(ACTIONS))
                        .setReward(1)
                        .setNextState("s" + random.nextInt(STATES))
                        .setTerminated(false)
                        .build();
                Future<?> unused = producer.send(new ProducerRecord<>(Topics.EXPERIENCES, codec.encode(experience)));
                if (i % AT_ONCE == AT_ONCE - 1) {
                    producer.flush();
                    Thread.sleep(PAUSE.toMillis());
                }
            }
        }
    }

    /** The sum of an operator's metric over its subtasks; -1 while Flink does not know it. */
    private long metric(String vertex, String name) throws InterruptedException {
        JsonNode sums = cluster.flink()
                .get("/jobs/" + cluster.jobId() + "/vertices/" + cluster.vertexOf(vertex)
                        + "/subtasks/metrics?agg=sum&get=" + name);
        return sums.isEmpty() ? -1 : sums.get(0).get("sum").asLong();
    }
}

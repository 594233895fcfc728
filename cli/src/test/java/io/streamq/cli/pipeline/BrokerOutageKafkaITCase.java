package io.streamq.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamq.agent.ExperiencePublisher;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.Topics;
import io.streamq.schemas.UpdateReason;
import io.streamq.schemas.WireFormatException;
import io.streamq.simulation.FrozenLake;
import io.streamq.simulation.SimulatedAgent;
import io.streamq.simulation.StepBudget;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The broker goes away while agents publish and the job learns, and comes back. */
class BrokerOutageKafkaITCase {
    private static final int EXPERIENCES = 60_000;
    private static final Duration OUTAGE = Duration.ofSeconds(4);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    @Test
    void everyExperienceIsCountedOnceThroughAnOutageOfTheBroker() throws Exception {
        try (Pipeline pipeline = Pipeline.withDataIn(
                        folder.resolve("kafka"),
                        Map.of(
                                "streamq.policy.actions",
                                "4",
                                "streamq.job.checkpoint-interval",
                                "500 ms",
                                // Partitions are looked for in vain during the outage, too.
                                "streamq.kafka.client.partition.discovery.interval.ms",
                                "500",
                                "streamq.kafka.client.request.timeout.ms",
                                "2000",
                                "streamq.kafka.client.default.api.timeout.ms",
                                "2000"));
                ExperiencePublisher publisher = pipeline.publisher()) {
            pipeline.job().awaitRunning();
            SimulatedAgent agent = SimulatedAgent.in(FrozenLake.slippery4x4(), publisher)
                    .spending(StepBudget.of(EXPERIENCES))
                    .atStepsPerSecond(EXPERIENCES / 10.0)
                    .agent("walker", 1);
            CompletableFuture<Void> walk = CompletableFuture.runAsync(agent);
            await().atMost(PATIENCE).until(() -> pipeline.job().metrics().experiencesApplied() > 0);

            pipeline.stopBroker();
            await().pollDelay(OUTAGE).until(() -> true);
            assertThat(agent.steps()).as("published before the end").isLessThan(EXPERIENCES);
            pipeline.restartBroker();

            walk.join();
            publisher.flush();
            assertThat(publisher.acknowledged()).isEqualTo(EXPERIENCES);
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(Pipeline.visits(pipeline.table()))
                    .isEqualTo(EXPERIENCES));
            assertThat(pipeline.job().metrics().deadLetters()).isZero();
            assertThat(reasons(pipeline)).as("of a job that was not restarted").doesNotContain(UpdateReason.RESTORED);
        }
    }

    private static Set<UpdateReason> reasons(Pipeline pipeline) throws WireFormatException {
        Set<UpdateReason> reasons = EnumSet.noneOf(UpdateReason.class);
        for (ConsumerRecord<byte[], byte[]> update : pipeline.records(Topics.POLICY)) {
            reasons.add(AvroCodec.policyUpdate().decode(update.value()).getReason());
        }
        return reasons;
    }
}

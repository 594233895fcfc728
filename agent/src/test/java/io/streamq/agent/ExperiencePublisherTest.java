package io.streamq.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.Experience;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class ExperiencePublisherTest {
    private static final PublisherSettings SETTINGS =
            PublisherSettings.of("broker:9092", "fleet").withTopic("experience-of-test");

    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final ExperiencePublisher publisher = new ExperiencePublisher(SETTINGS, producer);

    private static Experience experienceOf(String agentId) {
        return Experience.newBuilder()
                .setAgentId(agentId)
                .setState("1")
                .setAction(0)
                .setReward(1)
                .setTerminated(true)
                .build();
    }

    @Test
    void theValueIsTheExperienceAndTheKeyItsAgent() throws Exception {
        publisher.publish(experienceOf("robot-7"));

        var record = producer.history().get(0);
        assertThat(record.topic()).isEqualTo("experience-of-test");
        assertThat(record.key()).asString(StandardCharsets.UTF_8).isEqualTo("robot-7");
        assertThat(AvroCodec.experience().decode(record.value())).isEqualTo(experienceOf("robot-7"));
    }

    /** Else each would become the same other state. */
    @Test
    void aTextWithHalfACharacterIsRefusedAndNotSentAsAnother() throws Exception {
        String half = "x\ud83d";
        for (UnaryOperator<Experience.Builder> spoil : List.<UnaryOperator<Experience.Builder>>of(
                spoiled -> spoiled.setState(half),
                spoiled -> spoiled.setNextState(half),
                spoiled -> spoiled.setAgentId(half),
                spoiled -> spoiled.setEpisodeId(half),
                spoiled -> spoiled.setPolicyId(half),
                spoiled -> spoiled.setState("\ude00\ud83d"))) {
            Experience spoiled =
                    spoil.apply(Experience.newBuilder(experienceOf("a"))).build();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> publisher.publish(spoiled))
                    .withMessageContaining("must be text that UTF-8 can write: got half a character, U+D");
        }
        assertThat(producer.history()).isEmpty();
        assertThat(publisher.sent()).isZero();

        publisher.publish(Experience.newBuilder(experienceOf("a"))
                .setState("x\ud83d\ude00y")
                .build());
        assertThat(producer.history()).hasSize(1);
    }

    @Test
    void experienceThatNamesNoAgentIsKeyedByThePublishers() throws Exception {
        publisher.publish(experienceOf(null));
        assertThat(producer.history().get(0).key())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("fleet");
    }

    /** Else a log would fill one partition alone. */
    @Test
    void whereNeitherNamesAnAgentThereIsNoKey() throws Exception {
        var forNoAgent = new ExperiencePublisher(PublisherSettings.ofNoAgent("broker:9092"), producer);
        forNoAgent.publish(experienceOf(null));
        forNoAgent.publish(experienceOf("robot-7"));
        assertThat(producer.history().get(0).key()).isNull();
        assertThat(producer.history().get(0).partition()).isNull();
        assertThat(producer.history().get(1).key())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("robot-7");
    }

    @Test
    void theClientIsNamedAfterItsAgentIfThereIsOne() {
        assertThat(ExperiencePublisher.producerProperties(SETTINGS))
                .containsEntry(ProducerConfig.CLIENT_ID_CONFIG, "streamq-fleet");
        assertThat(ExperiencePublisher.producerProperties(PublisherSettings.ofNoAgent("broker:9092")))
                .containsEntry(ProducerConfig.CLIENT_ID_CONFIG, "streamq");
    }

    @Test
    void acknowledgementsAreCountedWhenTheyArrive() throws Exception {
        publisher.publish(experienceOf("a"));
        publisher.publish(experienceOf("a"));
        producer.completeNext();
        assertThat(publisher.sent()).isEqualTo(2);
        assertThat(publisher.acknowledged()).isEqualTo(1);
        publisher.flush();
        assertThat(publisher.acknowledged()).isEqualTo(2);
    }

    @Test
    void aLostExperienceIsThrownByTheNextPublishAndThenThePublisherGoesOn() throws Exception {
        publisher.publish(experienceOf("a"));
        producer.errorNext(new RecordTooLargeException("1 GB"));

        assertThatThrownBy(() -> publisher.publish(experienceOf("b")))
                .isInstanceOf(DeliveryFailedException.class)
                .hasMessageContaining("'experience-of-test'")
                .hasMessageContaining("1 of 1 lost")
                .hasMessageContaining("1 GB")
                .hasMessageContaining("streamq topics create");
        assertThat(producer.history()).hasSize(1);

        publisher.publish(experienceOf("b"));
        assertThat(producer.history()).hasSize(2);
        assertThat(publisher.failed()).isEqualTo(1);
    }

    @Test
    void aLostExperienceIsThrownByFlush() throws Exception {
        publisher.publish(experienceOf("a"));
        producer.errorNext(new RecordTooLargeException("1 GB"));
        assertThatThrownBy(publisher::flush).isInstanceOf(DeliveryFailedException.class);
    }

    @Test
    void aLostExperienceIsThrownByCloseWhichClosesNevertheless() throws Exception {
        publisher.publish(experienceOf("a"));
        producer.errorNext(new RecordTooLargeException("1 GB"));
        assertThatThrownBy(publisher::close).isInstanceOf(DeliveryFailedException.class);
        assertThat(producer.closed()).isTrue();
        publisher.close();
    }

    /** As after an OutOfMemoryError in its thread. */
    @Test
    void whatKafkasClientTellsNothingOfIsLostAndThrownByClose() throws Exception {
        publisher.publish(experienceOf("a"));
        publisher.publish(experienceOf("a"));
        producer.completeNext();
        assertThatThrownBy(publisher::close)
                .isInstanceOf(DeliveryFailedException.class)
                .hasMessageContaining("1 of 2 lost")
                .hasMessageContaining("ended without saying what became of 1 of them");
        assertThat(publisher.failed()).isEqualTo(1);
    }

    @Test
    void whatIsKnownOfALossIsThrownAndWhatIsNotIsCountedWithIt() throws Exception {
        publisher.publish(experienceOf("a"));
        publisher.publish(experienceOf("a"));
        producer.errorNext(new RecordTooLargeException("1 GB"));
        assertThatThrownBy(publisher::close)
                .isInstanceOf(DeliveryFailedException.class)
                .hasMessageContaining("2 of 2 lost")
                .hasMessageContaining("1 GB");
    }

    /** Tells how long it was given to close, in the milliseconds that Kafka's producer counts. */
    private static final class ClosingProducer extends MockProducer<byte[], byte[]> {
        private final AtomicLong waitedMillis = new AtomicLong();

        ClosingProducer() {
            super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
        }

        @Override
        public void close(Duration timeout) {
            waitedMillis.set(timeout.toMillis());
            super.close(timeout);
        }
    }

    @Test
    void whoHasToBeGoneSoonClosesWithinItsOwnTime() {
        var producer = new ClosingProducer();
        var hurried = new ExperiencePublisher(SETTINGS, producer);
        hurried.close(Duration.ofSeconds(3));
        hurried.close();
        assertThat(producer.waitedMillis).hasValue(3_000);
    }

    @Test
    void whoWaitsForEverClosesAndSoDoesWhoseTimeIsUp() {
        var patient = new ClosingProducer();
        new ExperiencePublisher(SETTINGS, patient).close(ChronoUnit.FOREVER.getDuration());
        assertThat(patient.closed()).isTrue();
        assertThat(patient.waitedMillis).hasValue(Long.MAX_VALUE);

        var late = new ClosingProducer();
        new ExperiencePublisher(SETTINGS, late).close(Duration.ofSeconds(-1));
        assertThat(late.closed()).isTrue();
        assertThat(late.waitedMillis).hasValue(0);
    }

    @Test
    void anInterruptWhileWaitingIsAnInterruptedException() {
        producer.sendException = new InterruptException(new InterruptedException());
        assertThatThrownBy(() -> publisher.publish(experienceOf("a"))).isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(publisher.sent()).isZero();
    }

    @Test
    void clientPropertiesOverrideDefaultsButNoGuarantees() {
        Map<String, Object> properties = ExperiencePublisher.producerProperties(SETTINGS.withClientProperties(Map.of(
                ProducerConfig.LINGER_MS_CONFIG, "0", ProducerConfig.ACKS_CONFIG, "0", "security.protocol", "SSL")));
        assertThat(properties)
                .containsEntry(ProducerConfig.LINGER_MS_CONFIG, "0")
                .containsEntry("security.protocol", "SSL")
                .containsEntry(ProducerConfig.ACKS_CONFIG, "all")
                .containsEntry(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    }

    /** Kafka's producer, waiting for its last requests, would give up. */
    @Test
    void closingGoesOnWhenTheThreadIsInterruptedMeanwhile() {
        Thread closing = Thread.currentThread();
        AtomicBoolean delivered = new AtomicBoolean();
        var slow = new MockProducer<byte[], byte[]>(true, null, new ByteArraySerializer(), new ByteArraySerializer()) {
            @Override
            public void close(Duration timeout) {
                closing.interrupt();
                try {
                    Thread.sleep(100);
                    delivered.set(true);
                } catch (InterruptedException e) {
                    throw new InterruptException(e);
                }
            }
        };
        new ExperiencePublisher(SETTINGS, slow).close();
        assertThat(delivered).isTrue();
        assertThat(Thread.interrupted()).as("the interrupt is kept").isTrue();
    }
}

package io.streamq.job.kafka;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.streamq.job.kafka.KafkaPreflight.NotReadyException;
import io.streamq.job.options.JobOptions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is told where no broker is, or none is asked as no client can be set up. */
class KafkaPreflightTest {
    private static JobOptions with(String clientSetting, String value) {
        return JobOptions.of(Map.of(
                "streamq.kafka.bootstrap-servers",
                "127.0.0.1:1",
                "streamq.policy.actions",
                "2",
                "streamq.kafka.client." + clientSetting,
                value));
    }

    @Test
    void anUnreachableBrokerIsToldOncePatienceIsAtAnEnd() {
        assertThatExceptionOfType(NotReadyException.class)
                .isThrownBy(() -> KafkaPreflight.check(with("client.id", "test"), Duration.ofSeconds(1)))
                .withMessageStartingWith("no Kafka broker answered at 127.0.0.1:1 within 1 s")
                .withMessageContaining("check the address");
    }

    @Test
    void aClientSettingThatCannotBeReadIsNamed() {
        assertThatExceptionOfType(NotReadyException.class)
                .isThrownBy(() -> KafkaPreflight.check(with("security.protocol", "SASL_PLAIN")))
                .withMessageStartingWith("Kafka's client cannot be set up for 127.0.0.1:1 (Invalid value SASL_PLAIN")
                .withMessageContaining("security.protocol")
                .withMessageEndingWith("check the --streamq.kafka.client.* settings");
    }

    @Test
    void aSettingOfConsumersThatCannotBeReadIsNamedToo() {
        assertThatExceptionOfType(NotReadyException.class)
                .isThrownBy(() -> PolicyCatalog.read(with("max.poll.records", "many")))
                .withMessageStartingWith("Kafka's client cannot be set up for 127.0.0.1:1 (Invalid value many")
                .withMessageContaining("max.poll.records")
                .withMessageEndingWith("check the --streamq.kafka.client.* settings");
    }

    /** Kafka's producer checks it when it is made, which would be in the job, again and again. */
    @Test
    void settingsOfProducersThatContradictEachOtherAreNamedToo() {
        assertThatExceptionOfType(NotReadyException.class)
                .isThrownBy(() -> KafkaPreflight.check(with("delivery.timeout.ms", "10000")))
                .withMessageStartingWith("Kafka's client cannot be set up for 127.0.0.1:1 (delivery.timeout.ms")
                .withMessageContaining("request.timeout.ms")
                .withMessageEndingWith("check the --streamq.kafka.client.* settings");
    }
}

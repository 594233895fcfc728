package io.streamq.job.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KafkaTroubleTest {
    private final KafkaTrouble trouble =
            new KafkaTrouble("broker:9092", Duration.ofSeconds(7), "look into the settings");

    static Exception[] silences() {
        return new Exception[] {
            new TimeoutException(),
            new ExecutionException(new org.apache.kafka.common.errors.TimeoutException("no node")),
            new DisconnectException("cancelled")
        };
    }

    @ParameterizedTest
    @MethodSource("silences")
    void whoDoesNotAnswerMayNotBeThere(Exception silence) {
        assertThat(trouble.sentence(silence))
                .startsWith("no Kafka broker answered at broker:9092 within 7 s (")
                .contains("check the address")
                .endsWith("look into the settings");
    }

    @Test
    void whoRefusesALoginIsThere() {
        assertThat(trouble.sentence(new ExecutionException(new SaslAuthenticationException("who are you?"))))
                .isEqualTo("Kafka at broker:9092 refused the login (who are you?); look into the settings");
    }

    @Test
    void aMissingRightIsToldWithTheTopic() {
        assertThat(trouble.sentence(new TopicAuthorizationException(Set.of("control"))))
                .startsWith("Kafka at broker:9092 does not allow this user to do that (")
                .contains("control", "ask for the permission");
    }

    /** Kafka's clients wrap it twice. */
    @Test
    void aFileThatIsNotThereIsNamed() {
        Throwable thrown = catchThrowable(() -> Admin.create(Map.of(
                "bootstrap.servers",
                "127.0.0.1:1",
                "security.protocol",
                "SSL",
                "ssl.truststore.location",
                "no-such-file.jks")));
        assertThat(trouble.sentence(thrown))
                .startsWith("Kafka's client cannot be set up for broker:9092 (no-such-file.jks")
                .endsWith("look into the settings");
    }

    @Test
    void whatElseABrokerRefusesIsToldInItsWords() {
        assertThat(trouble.sentence(new ExecutionException(new InvalidReplicationFactorException("too few brokers"))))
                .startsWith("the request to Kafka at broker:9092 failed: ")
                .contains("too few brokers");
    }
}

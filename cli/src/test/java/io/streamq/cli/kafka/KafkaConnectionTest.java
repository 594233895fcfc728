package io.streamq.cli.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamq.cli.program.CommandFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaConnectionTest {
    @Test
    void aListenerThatIsNoBrokerIsGivenUpOncePatienceIsAtAnEnd() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            KafkaConnection connection =
                    KafkaConnection.to("127.0.0.1:" + silent.getLocalPort(), Map.of(), Duration.ofSeconds(1));
            long start = System.nanoTime();
            assertThatThrownBy(() -> connection.hasTopic("a topic"))
                    .isInstanceOf(CommandFailure.class)
                    .hasMessageStartingWith(
                            "no Kafka broker answered at 127.0.0.1:" + silent.getLocalPort() + " within 1 s")
                    .hasMessageContaining("--command-config")
                    .hasMessageNotContaining("\n");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(KafkaConnection.PATIENCE);
        }
    }

    @Test
    void commandsArePatientForSecondsNotForMinutes() {
        assertThat(KafkaConnection.PATIENCE).isLessThanOrEqualTo(Duration.ofSeconds(10));
    }
}

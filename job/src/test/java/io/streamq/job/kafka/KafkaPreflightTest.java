package io.streamq.job.kafka;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.streamq.job.kafka.KafkaPreflight.NotReadyException;
import io.streamq.job.options.JobOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** What is told where no broker is, or none is asked as no client can be set up. */
class KafkaPreflightTest {
    private static JobOptions with(String clientSetting, String value) {
        return with("127.0.0.1:1", clientSetting, value);
    }

    private static JobOptions with(String bootstrapServers, String clientSetting, String value) {
        return JobOptions.of(Map.of(
                "streamq.kafka.bootstrap-servers",
                bootstrapServers,
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

    /** It does not even refuse. Which address Kafka's client tries first is chance, and so often it is that of the gone host once. */
    @RepeatedTest(6)
    void ofAHostThatIsGoneTheOtherAddressesAreTriedWithinThePatience() throws IOException {
        List<Socket> waiting = new ArrayList<>();
        try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            // Nobody accepts, and once enough of them wait for it, the kernel takes no notice of more.
            while (connects(gone, waiting)) {}
            String addresses = "127.0.0.1:" + gone.getLocalPort() + ",127.0.0.1:" + other.getLocalPort();
            assertThatExceptionOfType(NotReadyException.class)
                    .isThrownBy(() ->
                            KafkaPreflight.check(with(addresses, "request.timeout.ms", "400"), Duration.ofMillis(400)));
            other.setSoTimeout(1);
            other.accept().close();
        } finally {
            for (Socket socket : waiting) {
                socket.close();
            }
        }
    }

    private static boolean connects(ServerSocket server, List<Socket> sockets) throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        try {
            socket.connect(server.getLocalSocketAddress(), 50);
            return true;
        } catch (SocketTimeoutException unnoticed) {
            return false;
        }
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

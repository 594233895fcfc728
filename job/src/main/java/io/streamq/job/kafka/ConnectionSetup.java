package io.streamq.job.kafka;

import java.time.Duration;
import java.util.Map;

/**
 * How long a host may take to be connected to by a client that waits for an answer for seconds only. Until it has heard of the cluster, a
 * client asks any one of the addresses that it was given, and no other before that one refuses. A host that is gone does not even refuse: by
 * Kafka's default of ten seconds such a client has given up before it asks the next.
 */
public final class ConnectionSetup {
    /** So many hosts are tried within the patience. */
    private static final int HOSTS = 4;

    private static final String TIMEOUT = "socket.connection.setup.timeout.ms";
    private static final String MOST = "socket.connection.setup.timeout.max.ms";

    private ConnectionSetup() {}

    /** Sets it in a client's settings, unless they say it themselves. */
    public static void limit(Map<? super String, Object> client, Duration patience) {
        if (!client.containsKey(TIMEOUT)) {
            long millis = patience.dividedBy(HOSTS).toMillis();
            client.put(TIMEOUT, millis);
            // By default it would double each time that a host is tried again.
            client.putIfAbsent(MOST, millis);
        }
    }

    /** How long to try a host without a client: where the client's settings say it themselves, as long as anything may take. */
    public static Duration timeout(Map<String, ?> client, Duration patience) {
        return client.containsKey(TIMEOUT) ? patience : patience.dividedBy(HOSTS);
    }
}

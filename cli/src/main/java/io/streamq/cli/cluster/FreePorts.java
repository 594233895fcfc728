package io.streamq.cli.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds ports on 127.0.0.1. Takes them from below the ephemeral range of outgoing connections: within it, a client that keeps
 * trying to reach a broker that is down would sooner or later get the broker's own port, and connect to itself.
 */
public final class FreePorts {
    private static final int LOWEST = 20_000;
    private static final int HIGHEST = 32_000;
    private static final int ATTEMPTS = 1_000;

    private final Set<Integer> taken = new HashSet<>();

    /** The port if it is free, else any. */
    int preferably(int port) {
        return port > 0 && isFree(port) && taken.add(port) ? port : any();
    }

    List<Integer> preferably(List<Integer> ports) {
        return ports.stream().map(this::preferably).toList();
    }

    /** A free port that was not returned before. */
    public int any() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
            if (isFree(port) && taken.add(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no port between " + LOWEST + " and " + HIGHEST + " is free");
    }

    static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}

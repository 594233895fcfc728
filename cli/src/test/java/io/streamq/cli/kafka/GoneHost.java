package io.streamq.cli.kafka;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** An address that answers as a host that is gone does: not at all, while a port that is closed refuses. */
final class GoneHost implements AutoCloseable {
    private static final int CONNECT_MILLIS = 200;

    private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final List<Socket> waiting = new ArrayList<>();

    /** Nobody accepts, and once enough of them wait for it, the kernel takes no notice of more. */
    GoneHost() throws IOException {
        while (waits(new Socket())) {}
    }

    private boolean waits(Socket socket) throws IOException {
        waiting.add(socket);
        try {
            socket.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()), CONNECT_MILLIS);
            return true;
        } catch (SocketTimeoutException full) {
            return false;
        }
    }

    String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : waiting) {
            socket.close();
        }
    }
}

package com.fastpubsub.integration;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One address in front of servers that come and go: new connections go to the newest. One that does
 * not reach it is closed.
 */
final class StableAddress implements AutoCloseable {
    private static final int NOWHERE = 0;

    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile int target;

    StableAddress(int target) {
        this.target = target;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    void pointTo(int port) {
        target = port;
    }

    /** Closes every new connection, until there is a server again. */
    void pointToNowhere() {
        target = NOWHERE;
    }

    private void accept() {
        while (true) {
            try {
                Socket client = listener.accept();
                sockets.add(client);
                start(() -> forward(client, target));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void forward(Socket client, int port) {
        try (client) {
            if (port != NOWHERE) {
                Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
                sockets.add(server);
                start(() -> copy(server, client));
                copy(client, server);
            }
        } catch (IOException unreachable) {
            // The client learns of it by the end of its connection.
        }
    }

    static void copy(Socket from, Socket to) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                out.write(buffer, 0, read);
                out.flush();
            }
        } catch (IOException cut) {
            // The other side is closed, too, and so both ends learn of it.
        }
    }

    static void start(Runnable task) {
        Thread thread = new Thread(task, "in-between");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}

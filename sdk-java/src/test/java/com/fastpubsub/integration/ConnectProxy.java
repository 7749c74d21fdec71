package com.fastpubsub.integration;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP proxy that tunnels to one server, whose name it alone knows. From its start to its end it
 * is the platform's proxy for that name. It may want to know who asks.
 */
final class ConnectProxy implements AutoCloseable {
    /** A name that is in no DNS (RFC 6761). */
    static final String HOST = "fastpubsub.invalid";

    private final int target;
    private final @Nullable String login; // what it wants to read, as it stands in the header
    private final ServerSocket listener;
    private final ProxySelector before = ProxySelector.getDefault();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    ConnectProxy(int target) {
        this(target, null);
    }

    /** Lets only those through who say this user name and this password. */
    static ConnectProxy withPassword(int target, String user, String password) {
        String login = user + ":" + password;
        return new ConnectProxy(
                target,
                "Basic "
                        + Base64.getEncoder()
                                .encodeToString(login.getBytes(StandardCharsets.UTF_8)));
    }

    private ConnectProxy(int target, @Nullable String login) {
        this.target = target;
        this.login = login;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        StableAddress.start(this::accept);
        ProxySelector.setDefault(new Selector());
    }

    /** The first line of every request. */
    List<String> requests() {
        return requests;
    }

    private final class Selector extends ProxySelector {
        @Override
        public List<Proxy> select(URI uri) {
            return HOST.equals(uri.getHost())
                    ? List.of(new Proxy(Proxy.Type.HTTP, listener.getLocalSocketAddress()))
                    : List.of(Proxy.NO_PROXY);
        }

        @Override
        public void connectFailed(URI uri, SocketAddress address, IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void accept() {
        while (true) {
            try {
                Socket client = listener.accept();
                sockets.add(client);
                StableAddress.start(() -> tunnel(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void tunnel(Socket client) {
        try {
            String head = head(client.getInputStream());
            requests.add(head.lines().findFirst().orElse(""));
            if (login != null && !head.contains("uthorization: " + login + "\r\n")) {
                answer(
                        client,
                        "407 Proxy Authentication Required\r\n"
                                + "Proxy-Authenticate: Basic realm=\"test\"\r\n"
                                + "Content-Length: 0");
                return;
            }
            Socket server = new Socket();
            sockets.add(server);
            server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
            answer(client, "200 OK");
            StableAddress.start(() -> StableAddress.copy(server, client));
            StableAddress.copy(client, server);
        } catch (IOException cut) {
            // The test is over.
        }
    }

    private static void answer(Socket client, String status) throws IOException {
        client.getOutputStream()
                .write(("HTTP/1.1 " + status + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the request is not whole: " + head);
            }
            head.append((char) next);
        }
        return head.toString();
    }

    @Override
    public void close() {
        ProxySelector.setDefault(before);
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

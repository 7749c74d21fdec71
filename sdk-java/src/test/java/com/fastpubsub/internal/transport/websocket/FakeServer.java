package com.fastpubsub.internal.transport.websocket;

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** A server for one connection that sends, byte by byte, what a test wants. */
final class FakeServer implements AutoCloseable {
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private final ServerSocket listener;
    private Socket socket = new Socket();

    FakeServer() {
        try {
            listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    String address() {
        return "ws://127.0.0.1:" + listener.getLocalPort() + "/ws?a=b";
    }

    /** Waits for a request, and gives its lines. */
    List<String> request() throws IOException {
        socket = listener.accept();
        var reader =
                new BufferedReader(
                        new InputStreamReader(
                                socket.getInputStream(), StandardCharsets.ISO_8859_1));
        List<String> lines = new ArrayList<>();
        for (String line = reader.readLine(); !line.isEmpty(); line = reader.readLine()) {
            lines.add(line);
        }
        return lines;
    }

    /** Answers a request with an upgrade, and sends bytes directly behind it. */
    void upgrade(List<String> request, String subprotocol, byte... behind) throws IOException {
        String key =
                request.stream()
                        .filter(
                                line ->
                                        line.toLowerCase(Locale.ROOT)
                                                .startsWith("sec-websocket-key:"))
                        .map(line -> line.substring(line.indexOf(':') + 1).trim())
                        .findFirst()
                        .orElseThrow();
        String head =
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Accept: "
                        + accept(key)
                        + "\r\nSec-WebSocket-Protocol: "
                        + subprotocol
                        + "\r\n\r\n";
        byte[] start = head.getBytes(StandardCharsets.ISO_8859_1);
        byte[] all = new byte[start.length + behind.length];
        System.arraycopy(start, 0, all, 0, start.length);
        System.arraycopy(behind, 0, all, start.length, behind.length);
        send(all);
    }

    private static String accept(String key) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-1")
                            .digest((key + GUID).getBytes(StandardCharsets.ISO_8859_1));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    void send(byte... bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Reads a short frame of the client: its first byte, and what it carries. */
    byte[] frame() throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte kind = in.readByte();
        int length = in.readByte() & 0x7f;
        byte[] mask = in.readNBytes(4);
        byte[] frame = new byte[1 + length];
        frame[0] = kind;
        for (int i = 0; i < length; i++) {
            frame[1 + i] = (byte) (in.readByte() ^ mask[i % 4]);
        }
        return frame;
    }

    void end() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        socket.close();
        listener.close();
    }
}

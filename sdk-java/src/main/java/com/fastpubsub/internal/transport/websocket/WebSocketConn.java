package com.fastpubsub.internal.transport.websocket;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.transport.Conn;
import com.fastpubsub.internal.transport.ConnectFailure;
import com.fastpubsub.internal.transport.Endpoint;
import com.fastpubsub.internal.transport.Problem;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One WebSocket: one frame in one binary message. */
final class WebSocketConn implements Conn, WebSocket.Listener {
    private static final String SUBPROTOCOL = "fastpubsub.v1";

    /** The longest frame that is read, in bytes; a server batches far below it. */
    private static final int READ_LIMIT = 64 << 20;

    /** The size of the read buffer in the beginning, and up to which it is kept. */
    private static final int BUFFER_START = 32 << 10;

    private static final int BUFFER_KEPT = 1 << 20;

    private final @Nullable HttpClient http;
    private final Endpoint endpoint;
    private final Duration connectTimeout;
    private final Conn.Listener listener;

    private volatile @Nullable WebSocket socket;
    private volatile boolean aborted;

    private byte[] buffer = new byte[BUFFER_START]; // of the WebSocket's thread, as below
    private int filled; // with the parts of a message that is not complete

    WebSocketConn(
            @Nullable HttpClient http,
            Endpoint endpoint,
            Duration connectTimeout,
            Conn.Listener listener) {
        this.http = http;
        this.endpoint = endpoint;
        this.connectTimeout = connectTimeout;
        this.listener = listener;
    }

    @Override
    public void open(String token) {
        HttpClient client = http;
        if (client == null) {
            listener.ended(Fault.of(Reason.CLOSED, "the client has been closed"));
            return;
        }
        client.newWebSocketBuilder()
                .connectTimeout(connectTimeout)
                .header("Authorization", "Bearer " + token)
                .header("User-Agent", "fastpubsub-java")
                .subprotocols(SUBPROTOCOL)
                .buildAsync(endpoint.uri("ws"), this)
                .whenComplete(
                        (opened, failure) -> {
                            if (failure != null) {
                                listener.ended(faultOfAttempt(failure));
                            }
                        });
    }

    private Fault faultOfAttempt(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        HttpResponse<?> refusal = null;
        if (failure instanceof WebSocketHandshakeException handshake) {
            refusal = handshake.getResponse();
        } else if (cause instanceof WebSocketHandshakeException handshake) {
            refusal = handshake.getResponse();
        }
        if (refusal == null) {
            return ConnectFailure.of(endpoint, failure);
        }
        Fault reason = Problem.faultOfBody(refusal.body());
        return reason != null
                ? reason
                : Problem.faultOfStatus(refusal.statusCode(), "the upgrade to a WebSocket");
    }

    @Override
    public void onOpen(WebSocket opened) {
        socket = opened;
        if (aborted) {
            opened.abort();
        } else if (!SUBPROTOCOL.equals(opened.getSubprotocol())) {
            fail(
                    Fault.of(
                                    Reason.UNREACHABLE,
                                    "the server at %s does not speak %s"
                                            .formatted(endpoint.authority(), SUBPROTOCOL))
                            .asFinal());
        } else {
            opened.request(1);
        }
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        int size = data.remaining();
        if (size > READ_LIMIT - filled) {
            fail(Fault.of(Reason.CONNECTION_LOST, "the server sent a frame that is too long"));
            return null;
        }
        if (filled + size > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(filled + size, 2 * buffer.length));
        }
        data.get(buffer, filled, size);
        filled += size;
        if (last) {
            listener.received(buffer, filled);
            filled = 0;
            if (buffer.length > BUFFER_KEPT) {
                buffer = new byte[BUFFER_START];
            }
        }
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        fail(
                Fault.of(
                        Reason.CONNECTION_LOST,
                        "the server sent a text message, which is not part of the protocol"));
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String text) {
        listener.ended(Closing.faultOf(code, text));
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
        listener.ended(Fault.of(Reason.CONNECTION_LOST, "the connection broke", failure));
    }

    private void fail(Fault cause) {
        listener.ended(cause);
        abort();
    }

    @Override
    public CompletableFuture<?> send(ByteBuffer frame) {
        WebSocket to = socket;
        if (to == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("not open"));
        }
        return to.sendBinary(frame, true);
    }

    @Override
    public void close() {
        WebSocket to = socket;
        if (to != null) {
            to.sendClose(WebSocket.NORMAL_CLOSURE, "");
        }
    }

    @Override
    public void abort() {
        aborted = true;
        WebSocket to = socket;
        if (to != null) {
            to.abort();
        }
    }
}

package com.fastpubsub.internal.transport.websocket;

import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.transport.ClosableDialer;
import com.fastpubsub.internal.transport.Conn;
import com.fastpubsub.internal.transport.ConnectFailure;
import com.fastpubsub.internal.transport.Endpoint;
import com.fastpubsub.internal.transport.Handshake;
import com.fastpubsub.internal.transport.TlsConfig;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Makes WebSocket connections to one address. A proxy is taken from the platform's {@link
 * java.net.ProxySelector}.
 *
 * <p>The WebSocket is the one of the Netty that gRPC brings. That of the platform's HTTP client
 * tells nobody of the end of a connection which comes while a message is being handled: such a
 * client would find out only when pings are not answered.
 */
public final class WebSocketDialer implements ClosableDialer {
    private final Target target;
    private volatile boolean closed;

    /**
     * What connections are made to.
     *
     * @param endpoint the server
     * @param handshake knows what the server asked for in the last handshake
     * @param tls secures the connection; null: it is not secured
     * @param connectTimeout bounds the attempt to reach the host
     * @param threads gives the network thread of each connection
     */
    record Target(
            Endpoint endpoint,
            Handshake handshake,
            @Nullable SSLContext tls,
            Duration connectTimeout,
            ThreadFactory threads) {
        /** The fault of an attempt that reached no server. */
        Fault unreachable(Throwable failure) {
            return ConnectFailure.of(endpoint, handshake, failure);
        }
    }

    /**
     * Makes a dialer.
     *
     * @param threads gives the network thread of each connection, which ends with it
     */
    public WebSocketDialer(
            Endpoint endpoint, TlsConfig tls, Duration connectTimeout, ThreadFactory threads)
            throws GeneralSecurityException {
        Handshake handshake = new Handshake();
        SSLContext context = endpoint.secure() ? tls.context(handshake) : null;
        this.target = new Target(endpoint, handshake, context, connectTimeout, threads);
    }

    @Override
    public Conn prepare(Conn.Listener listener) {
        WebSocketConn conn = new WebSocketConn(target, listener);
        if (closed) {
            conn.abort();
        }
        return conn;
    }

    /** Connections have threads of their own, which have ended with them. */
    @Override
    public void close() {
        closed = true;
    }
}

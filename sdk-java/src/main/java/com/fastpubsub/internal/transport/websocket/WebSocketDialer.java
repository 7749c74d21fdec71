package com.fastpubsub.internal.transport.websocket;

import com.fastpubsub.internal.transport.ClosableDialer;
import com.fastpubsub.internal.transport.Conn;
import com.fastpubsub.internal.transport.Endpoint;
import com.fastpubsub.internal.transport.PlatformHttp;
import com.fastpubsub.internal.transport.TlsConfig;
import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Makes WebSocket connections to one address. A proxy is taken from the platform's {@link
 * java.net.ProxySelector}.
 */
public final class WebSocketDialer implements ClosableDialer {
    private final Endpoint endpoint;
    private final Duration connectTimeout;
    private volatile @Nullable HttpClient http;

    /**
     * Makes a dialer.
     *
     * @param executor runs what the platform's HTTP client has to do
     */
    public WebSocketDialer(
            Endpoint endpoint, TlsConfig tls, Duration connectTimeout, Executor executor)
            throws GeneralSecurityException {
        this.endpoint = endpoint;
        this.connectTimeout = connectTimeout;
        HttpClient.Builder builder =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER) // the token goes nowhere else
                        .executor(executor);
        if (endpoint.secure()) {
            builder.sslContext(tls.context());
        }
        http = builder.build();
    }

    @Override
    public Conn prepare(Conn.Listener listener) {
        return new WebSocketConn(http, endpoint, connectTimeout, listener);
    }

    @Override
    public void close() {
        HttpClient client = http;
        http = null;
        if (client != null) {
            PlatformHttp.end(client);
        }
    }
}

package com.fastpubsub.internal.transport.websocket;

import com.fastpubsub.internal.transport.Conn;
import com.fastpubsub.internal.transport.Endpoint;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelInitializer;
import io.grpc.netty.shaded.io.netty.channel.ChannelPipeline;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpClientCodec;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpObjectAggregator;
import io.grpc.netty.shaded.io.netty.handler.proxy.HttpProxyHandler;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslHandler;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/** What a connection consists of until it has been upgraded: proxy, TLS, HTTP, the upgrade. */
final class Pipeline extends ChannelInitializer<Channel> {
    /** How much of a refusal is read, in bytes. */
    private static final int REFUSAL_LIMIT = 64 << 10;

    private final WebSocketDialer.Target target;
    private final Route route;
    private final String token;
    private final Conn.Listener listener;

    Pipeline(WebSocketDialer.Target target, Route route, String token, Conn.Listener listener) {
        this.target = target;
        this.route = route;
        this.token = token;
        this.listener = listener;
    }

    @Override
    protected void initChannel(Channel channel) {
        ChannelPipeline pipeline = channel.pipeline();
        HttpProxyHandler tunnel = route.tunnel();
        if (tunnel != null) {
            pipeline.addLast(tunnel);
        }
        SSLContext tls = target.tls();
        if (tls != null) {
            SslHandler secure = new SslHandler(engine(tls, target.endpoint()));
            secure.setHandshakeTimeoutMillis(0); // the whole attempt is bounded
            pipeline.addLast(secure);
            pipeline.addLast(new FirstWord(target.handshake()));
        }
        pipeline.addLast(new HttpClientCodec());
        pipeline.addLast(new HttpObjectAggregator(REFUSAL_LIMIT));
        pipeline.addLast(new Upgrade(target, token, listener));
    }

    private static SSLEngine engine(SSLContext tls, Endpoint endpoint) {
        SSLEngine engine = tls.createSSLEngine(endpoint.host(), endpoint.port());
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(parameters);
        return engine;
    }
}

package com.fastpubsub.internal.transport.grpc;

import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.transport.ConnectFailure;
import com.fastpubsub.internal.transport.Endpoint;
import com.fastpubsub.internal.transport.Handshake;
import com.fastpubsub.internal.transport.TlsConfig;
import io.grpc.Attributes;
import io.grpc.ChannelCredentials;
import io.grpc.ClientTransportFilter;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.TrustManager;

/** Makes gRPC channels to one address, and owns the network thread that they share. */
public final class Channels implements AutoCloseable {
    /** The longest frame that is read, in bytes; a server batches far below it. */
    private static final int READ_LIMIT = 64 << 20;

    /** How much the server may send ahead, in bytes. */
    private static final int WINDOW = 1 << 20;

    private static final int CLOSE_SECONDS = 5;

    private final Endpoint endpoint;
    private final Handshake handshake = new Handshake();
    private final ChannelCredentials credentials;
    private final Executor executor;
    private final EventLoopGroup network;

    /**
     * Makes no connection yet.
     *
     * @param executor runs what listeners do and what blocks
     * @param threads gives the network thread
     */
    public Channels(Endpoint endpoint, TlsConfig tls, Executor executor, ThreadFactory threads) {
        this.endpoint = endpoint;
        this.credentials =
                endpoint.secure() ? credentials(tls) : InsecureChannelCredentials.create();
        this.executor = executor;
        this.network = new MultiThreadIoEventLoopGroup(1, threads, NioIoHandler.newFactory());
    }

    private ChannelCredentials credentials(TlsConfig tls) {
        TlsChannelCredentials.Builder builder = TlsChannelCredentials.newBuilder();
        builder.keyManager(handshake.note(tls.keyManagers()));
        if (!tls.trustManagers().isEmpty()) {
            builder.trustManager(tls.trustManagers().toArray(TrustManager[]::new));
        }
        return builder.build();
    }

    /** The fault of a channel that reached no server. */
    public Fault unreachable(Throwable failure) {
        return ConnectFailure.of(endpoint, handshake, failure);
    }

    /**
     * A channel, which connects when it is used. A proxy is taken from the platform's {@link
     * java.net.ProxySelector}.
     */
    public ManagedChannel open() {
        handshake.reset();
        return NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port(), credentials)
                .channelType(NioSocketChannel.class)
                .eventLoopGroup(network)
                .executor(executor)
                .offloadExecutor(executor)
                .flowControlWindow(WINDOW)
                .maxInboundMessageSize(READ_LIMIT)
                .disableRetry()
                .userAgent("fastpubsub-java")
                .addTransportFilter(new FirstWord())
                .build();
    }

    /** gRPC calls it when the server's SETTINGS have come, with which HTTP/2 begins. */
    private final class FirstWord extends ClientTransportFilter {
        @Override
        public Attributes transportReady(Attributes attributes) {
            handshake.reset();
            return attributes;
        }
    }

    /** Ends the network thread. */
    @Override
    public void close() {
        network.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}

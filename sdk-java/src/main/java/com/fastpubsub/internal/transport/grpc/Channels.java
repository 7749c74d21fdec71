package com.fastpubsub.internal.transport.grpc;

import com.fastpubsub.internal.transport.Endpoint;
import com.fastpubsub.internal.transport.TlsConfig;
import io.grpc.ChannelCredentials;
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
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;

/** Makes gRPC channels to one address, and owns the network thread that they share. */
public final class Channels implements AutoCloseable {
    /** The longest frame that is read, in bytes; a server batches far below it. */
    private static final int READ_LIMIT = 64 << 20;

    /** How much the server may send ahead, in bytes. */
    private static final int WINDOW = 1 << 20;

    private static final int CLOSE_SECONDS = 5;

    private final Endpoint endpoint;
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

    private static ChannelCredentials credentials(TlsConfig tls) {
        TlsChannelCredentials.Builder builder = TlsChannelCredentials.newBuilder();
        if (!tls.keyManagers().isEmpty()) {
            builder.keyManager(tls.keyManagers().toArray(KeyManager[]::new));
        }
        if (!tls.trustManagers().isEmpty()) {
            builder.trustManager(tls.trustManagers().toArray(TrustManager[]::new));
        }
        return builder.build();
    }

    /** The address. */
    public Endpoint endpoint() {
        return endpoint;
    }

    /**
     * A channel, which connects when it is used. A proxy is taken from the platform's {@link
     * java.net.ProxySelector}.
     */
    public ManagedChannel open() {
        return NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port(), credentials)
                .channelType(NioSocketChannel.class)
                .eventLoopGroup(network)
                .executor(executor)
                .offloadExecutor(executor)
                .flowControlWindow(WINDOW)
                .maxInboundMessageSize(READ_LIMIT)
                .disableRetry()
                .userAgent("fastpubsub-java")
                .build();
    }

    /** Ends the network thread. */
    @Override
    public void close() {
        network.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}

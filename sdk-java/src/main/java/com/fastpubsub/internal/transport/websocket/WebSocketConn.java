package com.fastpubsub.internal.transport.websocket;

import com.fastpubsub.internal.transport.Conn;
import io.grpc.netty.shaded.io.netty.bootstrap.Bootstrap;
import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelFuture;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.grpc.netty.shaded.io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.grpc.netty.shaded.io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket: one frame in one binary message. It has a network thread of its own, on which its
 * listener is called: so it may hold up its own connection, and no other.
 */
final class WebSocketConn implements Conn {
    private final WebSocketDialer.Target target;
    private final Conn.Listener listener;

    private final Object lock = new Object();
    private @Nullable Channel channel; // guarded by lock, as below
    private boolean aborted;

    WebSocketConn(WebSocketDialer.Target target, Conn.Listener listener) {
        this.target = target;
        this.listener = listener;
    }

    @Override
    public void open(String token) {
        synchronized (lock) {
            if (aborted) {
                return;
            }
            target.handshake().reset();
            EventLoopGroup network =
                    new MultiThreadIoEventLoopGroup(1, target.threads(), NioIoHandler.newFactory());
            ChannelFuture connecting = connect(network, token);
            channel = connecting.channel();
            channel.closeFuture()
                    .addListener(closed -> network.shutdownGracefully(0, 0, TimeUnit.SECONDS));
            connecting.addListener(
                    connected -> {
                        if (!connected.isSuccess()) {
                            listener.ended(target.unreachable(connected.cause()));
                        }
                    });
        }
    }

    private ChannelFuture connect(EventLoopGroup network, String token) {
        Route route = Route.to(target.endpoint());
        Bootstrap bootstrap =
                new Bootstrap()
                        .group(network)
                        .channel(NioSocketChannel.class)
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(
                                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                                (int) Math.min(Integer.MAX_VALUE, timeoutMillis()))
                        .handler(new Pipeline(target, route, token, listener));
        return route.connect(bootstrap);
    }

    private long timeoutMillis() {
        return Math.max(1, target.connectTimeout().toMillis());
    }

    private @Nullable Channel channel() {
        synchronized (lock) {
            return channel;
        }
    }

    @Override
    public CompletableFuture<?> send(ByteBuffer frame) {
        Channel to = channel();
        if (to == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("not open"));
        }
        ByteBuf content = Unpooled.wrappedBuffer(frame);
        CompletableFuture<Void> sent = new CompletableFuture<>();
        to.writeAndFlush(new BinaryWebSocketFrame(content))
                .addListener(
                        written -> {
                            if (written.isSuccess()) {
                                sent.complete(null);
                            } else {
                                sent.completeExceptionally(written.cause());
                            }
                        });
        return sent;
    }

    @Override
    public void close() {
        Channel to = channel();
        if (to != null) {
            to.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE, ""));
        }
    }

    @Override
    public void abort() {
        Channel cut;
        synchronized (lock) {
            aborted = true;
            cut = channel;
        }
        if (cut != null) {
            cut.close();
        }
    }
}

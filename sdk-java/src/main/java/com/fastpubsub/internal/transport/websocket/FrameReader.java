package com.fastpubsub.internal.transport.websocket;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.transport.Conn;
import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.SimpleChannelInboundHandler;
import io.grpc.netty.shaded.io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.grpc.netty.shaded.io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.grpc.netty.shaded.io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.grpc.netty.shaded.io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.grpc.netty.shaded.io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.grpc.netty.shaded.io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.grpc.netty.shaded.io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.Arrays;

/** Hands what comes over a WebSocket to the listener, until its end. Of the network thread. */
final class FrameReader extends SimpleChannelInboundHandler<WebSocketFrame> {
    /** The size of the read buffer in the beginning, and up to which it is kept. */
    private static final int BUFFER_START = 32 << 10;

    private static final int BUFFER_KEPT = 1 << 20;

    private final Conn.Listener listener;
    private byte[] buffer = new byte[BUFFER_START];
    private int filled; // with the parts of a message that is not complete
    private boolean over;

    FrameReader(Conn.Listener listener) {
        this.listener = listener;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
        if (over) {
            return;
        }
        if (frame instanceof BinaryWebSocketFrame || frame instanceof ContinuationWebSocketFrame) {
            read(context, frame.content(), frame.isFinalFragment());
        } else if (frame instanceof PingWebSocketFrame) {
            context.writeAndFlush(new PongWebSocketFrame(frame.content().retain()));
        } else if (frame instanceof CloseWebSocketFrame close) {
            context.writeAndFlush(new CloseWebSocketFrame(true, 0, close.content().retain()));
            int code = close.statusCode() < 0 ? Closing.NO_CODE : close.statusCode();
            end(context, Closing.faultOf(code, close.reasonText()));
        } else if (frame instanceof TextWebSocketFrame) {
            end(
                    context,
                    Fault.of(
                            Reason.CONNECTION_LOST,
                            "the server sent a text message, which is not part of the protocol"));
        }
    }

    private void read(ChannelHandlerContext context, ByteBuf data, boolean last) {
        int size = data.readableBytes();
        if (size > Upgrade.READ_LIMIT - filled) {
            end(
                    context,
                    Fault.of(Reason.CONNECTION_LOST, "the server sent a frame that is too long"));
            return;
        }
        if (filled + size > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(filled + size, 2 * buffer.length));
        }
        data.readBytes(buffer, filled, size);
        filled += size;
        if (last) {
            listener.received(buffer, filled);
            filled = 0;
            if (buffer.length > BUFFER_KEPT) {
                buffer = new byte[BUFFER_START];
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        end(context, Fault.of(Reason.CONNECTION_LOST, "the connection to the server broke"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        end(
                context,
                Fault.of(Reason.CONNECTION_LOST, "the connection to the server broke", failure));
    }

    private void end(ChannelHandlerContext context, Fault cause) {
        if (!over) {
            over = true;
            listener.ended(cause);
            context.close();
        }
    }
}

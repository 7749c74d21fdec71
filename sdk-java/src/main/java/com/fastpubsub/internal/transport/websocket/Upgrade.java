package com.fastpubsub.internal.transport.websocket;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.transport.Conn;
import com.fastpubsub.internal.transport.Endpoint;
import com.fastpubsub.internal.transport.Problem;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.SimpleChannelInboundHandler;
import io.grpc.netty.shaded.io.netty.handler.codec.http.DefaultHttpHeaders;
import io.grpc.netty.shaded.io.netty.handler.codec.http.FullHttpResponse;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpHeaderNames;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpHeaders;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpResponseStatus;
import io.grpc.netty.shaded.io.netty.handler.codec.http.websocketx.WebSocketClientHandshaker;
import io.grpc.netty.shaded.io.netty.handler.codec.http.websocketx.WebSocketClientHandshakerFactory;
import io.grpc.netty.shaded.io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.grpc.netty.shaded.io.netty.handler.codec.http.websocketx.WebSocketVersion;
import java.io.EOFException;
import java.nio.charset.StandardCharsets;

/** Asks for the upgrade to a WebSocket, and reads the answer. Then it makes way for the frames. */
final class Upgrade extends SimpleChannelInboundHandler<FullHttpResponse> {
    private static final String SUBPROTOCOL = "fastpubsub.v1";

    /** The longest frame that is read, in bytes; a server batches far below it. */
    static final int READ_LIMIT = 64 << 20;

    private final WebSocketDialer.Target target;
    private final Endpoint endpoint;
    private final WebSocketClientHandshaker handshaker;
    private final Conn.Listener listener;
    private boolean over;

    Upgrade(WebSocketDialer.Target target, String token, Conn.Listener listener) {
        this.target = target;
        this.endpoint = target.endpoint();
        this.listener = listener;
        HttpHeaders headers = new DefaultHttpHeaders();
        headers.set(HttpHeaderNames.AUTHORIZATION, "Bearer " + token);
        headers.set(HttpHeaderNames.USER_AGENT, "fastpubsub-java");
        this.handshaker =
                WebSocketClientHandshakerFactory.newHandshaker(
                        endpoint.uri("ws"),
                        WebSocketVersion.V13,
                        SUBPROTOCOL,
                        false, // no extensions
                        headers,
                        READ_LIMIT,
                        true, // frames of a client are masked
                        false,
                        -1, // who closes is the client's own matter
                        false,
                        false); // no Origin: this is no browser
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        handshaker
                .handshake(context.channel())
                .addListener(
                        asked -> {
                            if (!asked.isSuccess()) {
                                fail(context, target.unreachable(asked.cause()));
                            }
                        });
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
        if (response.decoderResult().isFailure()) {
            fail(context, noHttp());
        } else if (!HttpResponseStatus.SWITCHING_PROTOCOLS.equals(response.status())) {
            fail(context, refusal(response));
        } else {
            upgrade(context, response);
        }
    }

    private void upgrade(ChannelHandlerContext context, FullHttpResponse response) {
        try {
            handshaker.finishHandshake(context.channel(), response);
        } catch (WebSocketHandshakeException unusable) {
            fail(
                    context,
                    Fault.of(
                                    Reason.UNREACHABLE,
                                    "the server at %s does not speak %s"
                                            .formatted(endpoint.authority(), SUBPROTOCOL),
                                    unusable)
                            .asFinal());
            return;
        }
        over = true;
        context.pipeline().replace(this, null, new FrameReader(listener));
    }

    private Fault noHttp() {
        String text =
                "what answers at %s does not speak HTTP/1.1; if this is the port of gRPC, the"
                        + " address has to begin with grpc:// or grpcs://";
        return Fault.of(Reason.UNREACHABLE, text.formatted(endpoint.authority())).asFinal();
    }

    private static Fault refusal(FullHttpResponse response) {
        return Problem.faultOf(
                response.status().code(),
                response.headers().get(HttpHeaderNames.CONTENT_TYPE),
                response.content().toString(StandardCharsets.UTF_8),
                "the upgrade to a WebSocket");
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        fail(
                context,
                target.unreachable(new EOFException("the server closed it without an answer")));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        fail(context, target.unreachable(failure));
    }

    private void fail(ChannelHandlerContext context, Fault cause) {
        if (!over) {
            over = true;
            listener.ended(cause);
            context.close();
        }
    }
}

package com.fastpubsub.internal.transport.websocket;

import com.fastpubsub.internal.transport.Handshake;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;

/** Notices that the server says something within TLS, and leaves. */
final class FirstWord extends ChannelInboundHandlerAdapter {
    private final Handshake handshake;

    FirstWord(Handshake handshake) {
        this.handshake = handshake;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object word) {
        handshake.reset();
        context.pipeline().remove(this);
        context.fireChannelRead(word);
    }
}

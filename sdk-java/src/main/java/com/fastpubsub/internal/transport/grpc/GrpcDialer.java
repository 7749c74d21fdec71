package com.fastpubsub.internal.transport.grpc;

import com.fastpubsub.internal.transport.ClosableDialer;
import com.fastpubsub.internal.transport.Conn;

/** Makes streams to one address, each over a connection of its own. */
public final class GrpcDialer implements ClosableDialer {
    private final Channels channels;

    /** Makes a dialer, which closes the channels. */
    public GrpcDialer(Channels channels) {
        this.channels = channels;
    }

    @Override
    public Conn prepare(Conn.Listener listener) {
        return new GrpcConn(channels, listener);
    }

    @Override
    public void close() {
        channels.close();
    }
}

package com.fastpubsub.internal.transport.websocket;

import com.fastpubsub.internal.transport.Endpoint;
import io.grpc.netty.shaded.io.netty.bootstrap.Bootstrap;
import io.grpc.netty.shaded.io.netty.channel.ChannelFuture;
import io.grpc.netty.shaded.io.netty.resolver.NoopAddressResolverGroup;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * The way to a server: straight, or through an HTTP proxy, which then resolves the server's name.
 *
 * @param host the server
 * @param port of the server
 * @param proxy null: straight
 */
record Route(String host, int port, @Nullable InetSocketAddress proxy) {
    /** The way that the platform's settings say. */
    static Route to(Endpoint endpoint) {
        return new Route(endpoint.host(), endpoint.port(), proxyFor(endpoint));
    }

    private static @Nullable InetSocketAddress proxyFor(Endpoint endpoint) {
        ProxySelector selector = ProxySelector.getDefault();
        if (selector == null) {
            return null;
        }
        URI address =
                URI.create((endpoint.secure() ? "https://" : "http://") + endpoint.authority());
        for (Proxy proxy : selector.select(address)) {
            if (proxy.type() == Proxy.Type.DIRECT) {
                return null;
            }
            if (proxy.type() == Proxy.Type.HTTP
                    && proxy.address() instanceof InetSocketAddress at) {
                return at.isUnresolved()
                        ? new InetSocketAddress(at.getHostName(), at.getPort())
                        : at;
            }
        }
        return null;
    }

    ChannelFuture connect(Bootstrap bootstrap) {
        if (proxy != null) {
            bootstrap.resolver(NoopAddressResolverGroup.INSTANCE);
        }
        return bootstrap.connect(InetSocketAddress.createUnresolved(host, port));
    }
}

package com.fastpubsub.internal.transport.websocket;

import com.fastpubsub.internal.transport.Endpoint;
import io.grpc.netty.shaded.io.netty.bootstrap.Bootstrap;
import io.grpc.netty.shaded.io.netty.channel.ChannelFuture;
import io.grpc.netty.shaded.io.netty.handler.proxy.HttpProxyHandler;
import io.grpc.netty.shaded.io.netty.resolver.NoopAddressResolverGroup;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
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
 * @param login who asks the proxy; null: nobody in particular
 */
record Route(
        String host,
        int port,
        @Nullable InetSocketAddress proxy,
        @Nullable PasswordAuthentication login) {

    /** The way that the platform's settings say. */
    static Route to(Endpoint endpoint) {
        InetSocketAddress proxy = proxyFor(endpoint);
        return new Route(
                endpoint.host(), endpoint.port(), proxy, proxy == null ? null : loginFor(proxy));
    }

    /** What the platform's {@link Authenticator} says, if there is one. gRPC asks it the same. */
    private static @Nullable PasswordAuthentication loginFor(InetSocketAddress proxy) {
        return Authenticator.requestPasswordAuthentication(
                proxy.getHostString(),
                proxy.getAddress(),
                proxy.getPort(),
                "https",
                "",
                null,
                null,
                Authenticator.RequestorType.PROXY);
    }

    /** What makes the tunnel; null: there is no proxy. */
    @Nullable HttpProxyHandler tunnel() {
        if (proxy == null) {
            return null;
        }
        return login == null
                ? new HttpProxyHandler(proxy)
                : new HttpProxyHandler(
                        proxy, login.getUserName(), String.valueOf(login.getPassword()));
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

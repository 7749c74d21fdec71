package com.fastpubsub.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.secret.SecretText;
import com.fastpubsub.internal.token.GrpcTokenCalls;
import com.fastpubsub.internal.token.HttpTokenCalls;
import com.fastpubsub.internal.token.TokenCalls;
import com.fastpubsub.internal.transport.grpc.Channels;
import com.fastpubsub.internal.transport.grpc.GrpcDialer;
import com.fastpubsub.internal.transport.websocket.WebSocketDialer;
import com.fastpubsub.v1.ListTokensRequest;
import com.fastpubsub.v1.ListTokensResponse;
import com.fastpubsub.v1.TokenServiceGrpc;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;

/** Attempts to reach a port of this machine with TLS, each of which fails. */
final class Attempts implements AutoCloseable {
    /** What connects. */
    enum Kind {
        WEBSOCKET("wss"),
        GRPC("grpcs"),
        TOKENS_OVER_HTTP("https"),
        TOKENS_OVER_GRPC("grpcs");

        private final String scheme;

        Kind(String scheme) {
            this.scheme = scheme;
        }

        boolean isOfTokens() {
            return this == TOKENS_OVER_HTTP || this == TOKENS_OVER_GRPC;
        }

        boolean isGrpc() {
            return scheme.equals("grpcs");
        }
    }

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final Function<Consumer<Fault>, Runnable> start; // tells the end, gives what cuts it
    private final Runnable end;

    Attempts(Kind kind, int port, TlsConfig tls) throws GeneralSecurityException {
        String address = kind.scheme + "://127.0.0.1:" + port;
        if (kind.isOfTokens()) {
            TokenCalls calls = calls(kind, Endpoint.ofTokenService(address), tls);
            start =
                    ended -> {
                        list(calls, ended);
                        return () -> {};
                    };
            end = calls::close;
        } else {
            ClosableDialer dialer = dialer(kind, Endpoint.ofSession(address), tls);
            start =
                    ended -> {
                        Conn conn = dialer.prepare(new Listener(ended));
                        conn.open("AT_a_b");
                        return conn::abort; // gRPC would connect again
                    };
            end = dialer::close;
        }
    }

    private TokenCalls calls(Kind kind, Endpoint endpoint, TlsConfig tls)
            throws GeneralSecurityException {
        SecretText token = new SecretText("MT_a_b");
        return kind == Kind.TOKENS_OVER_GRPC
                ? new GrpcTokenCalls(channels(endpoint, tls), token, PATIENCE.toNanos())
                : new HttpTokenCalls(endpoint, tls, token, PATIENCE, executor);
    }

    private ClosableDialer dialer(Kind kind, Endpoint endpoint, TlsConfig tls)
            throws GeneralSecurityException {
        return kind == Kind.GRPC
                ? new GrpcDialer(channels(endpoint, tls))
                : new WebSocketDialer(endpoint, tls, PATIENCE, Thread::new);
    }

    private Channels channels(Endpoint endpoint, TlsConfig tls) {
        return new Channels(endpoint, tls, executor, Thread::new);
    }

    private static void list(TokenCalls calls, Consumer<Fault> ended) {
        calls.call(
                TokenServiceGrpc.getListTokensMethod(),
                ListTokensRequest.getDefaultInstance(),
                new TokenCalls.Outcome<ListTokensResponse>() {
                    @Override
                    public void answered(ListTokensResponse response) {
                        throw new AssertionError(response);
                    }

                    @Override
                    public void failed(Fault cause) {
                        ended.accept(cause);
                    }
                });
    }

    private record Listener(Consumer<Fault> end) implements Conn.Listener {
        @Override
        public void received(byte[] frame, int length) {
            throw new AssertionError();
        }

        @Override
        public void ended(Fault cause) {
            end.accept(cause);
        }
    }

    /** Makes one attempt, and says how it failed. */
    Fault next() {
        CompletableFuture<Fault> fault = new CompletableFuture<>();
        Runnable cut = start.apply(fault::complete);
        assertThat(fault).succeedsWithin(PATIENCE);
        cut.run();
        return fault.join();
    }

    @Override
    public void close() {
        end.run();
        executor.shutdownNow();
    }
}

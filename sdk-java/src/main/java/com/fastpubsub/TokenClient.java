package com.fastpubsub;

import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.fault.FaultException;
import com.fastpubsub.internal.receipt.Receipt;
import com.fastpubsub.internal.secret.SecretText;
import com.fastpubsub.internal.threads.ClientThreads;
import com.fastpubsub.internal.token.GrpcTokenCalls;
import com.fastpubsub.internal.token.HttpTokenCalls;
import com.fastpubsub.internal.token.TokenCalls;
import com.fastpubsub.internal.transport.Endpoint;
import com.fastpubsub.internal.transport.grpc.Channels;
import com.fastpubsub.v1.ListTokensRequest;
import com.fastpubsub.v1.RefreshTokenRequest;
import com.fastpubsub.v1.RevokeTokenRequest;
import com.fastpubsub.v1.TokenServiceGrpc;
import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Administers access tokens, with a master token. It connects when it is used. Meant to be shared
 * by threads. Calls give a {@link CompletableFuture} that fails with a {@link FastPubSubException}.
 */
public final class TokenClient implements AutoCloseable {
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(30);
    private static final Fault CLOSED = Fault.of(Reason.CLOSED, "the token client has been closed");

    private final Endpoint endpoint;
    private final ClientThreads threads = new ClientThreads(null);
    private final Completions completions = new Completions(threads.callbacks());
    private final TokenCalls calls;
    private final Set<Receipt> pending = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private TokenClient(Endpoint endpoint, SecretText masterToken, TlsOptions tls) {
        this.endpoint = endpoint;
        this.calls =
                endpoint.kind() == Endpoint.Kind.GRPC
                        ? overGrpc(masterToken, tls)
                        : overHttp(masterToken, tls);
    }

    private TokenCalls overGrpc(SecretText masterToken, TlsOptions tls) {
        Channels channels =
                new Channels(
                        endpoint, tls.config(), threads.transport(), threads.factory("network"));
        return new GrpcTokenCalls(channels, masterToken, CALL_TIMEOUT.toNanos());
    }

    private TokenCalls overHttp(SecretText masterToken, TlsOptions tls) {
        try {
            return new HttpTokenCalls(
                    endpoint, tls.config(), masterToken, CALL_TIMEOUT, threads.transport());
        } catch (GeneralSecurityException unusable) {
            throw FastPubSubException.invalid("TLS cannot be used: " + unusable.getMessage());
        }
    }

    /**
     * Makes a token client.
     *
     * @param address the server: {@code http://} and {@code https://} choose the HTTP port, {@code
     *     grpc://} and {@code grpcs://} the gRPC port
     * @param masterToken a master token of the server
     * @return the token client
     * @throws FastPubSubException with {@link Reason#REQUEST_INVALID} when the address is not
     *     valid, and {@link Reason#MASTER_TOKEN_INVALID} when the token cannot be one
     */
    public static TokenClient create(URI address, String masterToken) {
        return create(address, masterToken, TlsOptions.DEFAULT);
    }

    /**
     * Makes a token client.
     *
     * @param address the server
     * @param masterToken a master token of the server
     * @param tls how connections are secured
     * @return the token client
     * @throws FastPubSubException as {@link #create(URI, String)}
     */
    public static TokenClient create(URI address, String masterToken, TlsOptions tls) {
        return create(Objects.requireNonNull(address, "address").toString(), masterToken, tls);
    }

    /**
     * Makes a token client.
     *
     * @param address the server, as text
     * @param masterToken a master token of the server
     * @return the token client
     * @throws FastPubSubException as {@link #create(URI, String)}
     */
    public static TokenClient create(String address, String masterToken) {
        return create(address, masterToken, TlsOptions.DEFAULT);
    }

    /**
     * Makes a token client.
     *
     * @param address the server, as text
     * @param masterToken a master token of the server
     * @param tls how connections are secured
     * @return the token client
     * @throws FastPubSubException as {@link #create(URI, String)}
     */
    public static TokenClient create(String address, String masterToken, TlsOptions tls) {
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(tls, "tls");
        if (!masterToken.chars().allMatch(c -> c > ' ' && c <= '~') || masterToken.isEmpty()) {
            throw new FastPubSubException(
                    Fault.of(
                            Reason.MASTER_TOKEN_INVALID,
                            "the master token is empty or has a character that is not visible"
                                    + " ASCII; is there a line break in it?"));
        }
        try {
            return new TokenClient(
                    Endpoint.ofTokenService(address), new SecretText(masterToken), tls);
        } catch (FaultException invalid) {
            throw FastPubSubException.of(invalid);
        }
    }

    /**
     * Creates an access token.
     *
     * @param request what the token is to be
     * @return completes with the token, whose secret is shown only here
     */
    public CompletableFuture<CreatedToken> createToken(TokenRequest request) {
        return call(
                TokenServiceGrpc.getCreateTokenMethod(),
                TokenMessages.toWire(request),
                TokenMessages::fromWire);
    }

    /**
     * Changes when a token expires, and nothing else. A time in the past deactivates the token: new
     * connections are refused, and live ones stay until they end.
     *
     * @param tokenId the token's id
     * @param expiresAt the new expiry, at most 24 hours ahead of the server's clock
     * @return completes with the expiry that is in force now
     */
    public CompletableFuture<Instant> refreshToken(String tokenId, Instant expiresAt) {
        RefreshTokenRequest request =
                RefreshTokenRequest.newBuilder()
                        .setTokenId(tokenId)
                        .setExpiresAt(TokenMessages.toWire(expiresAt))
                        .build();
        return call(
                TokenServiceGrpc.getRefreshTokenMethod(),
                request,
                response -> TokenMessages.fromWire(response.getNewExpiresAt()));
    }

    /**
     * Revokes a token and closes its live connections.
     *
     * @param token the whole token
     * @return completes when the token is revoked
     */
    public CompletableFuture<@Nullable Void> revokeToken(String token) {
        return revoke(RevokeTokenRequest.newBuilder().setToken(token).build());
    }

    /**
     * Revokes a token and closes its live connections.
     *
     * @param tokenId the token's id
     * @return completes when the token is revoked
     */
    public CompletableFuture<@Nullable Void> revokeTokenById(String tokenId) {
        return revoke(RevokeTokenRequest.newBuilder().setTokenId(tokenId).build());
    }

    private CompletableFuture<@Nullable Void> revoke(RevokeTokenRequest request) {
        return call(TokenServiceGrpc.getRevokeTokenMethod(), request, response -> null);
    }

    /**
     * Lists what is known of tokens.
     *
     * @param query which
     * @return completes with a page
     */
    public CompletableFuture<TokenPage> listTokens(TokenQuery query) {
        ListTokensRequest request =
                ListTokensRequest.newBuilder()
                        .setClientId(query.createdBy())
                        .setPageSize(query.pageSize())
                        .setPageToken(query.page())
                        .build();
        return call(TokenServiceGrpc.getListTokensMethod(), request, TokenMessages::fromWire);
    }

    private <Q extends Message, R extends Message, T extends @Nullable Object>
            CompletableFuture<T> call(
                    MethodDescriptor<Q, R> method, Q request, Function<R, T> result) {
        Receipt receipt = new Receipt();
        AtomicReference<@Nullable R> answer = new AtomicReference<>();
        CompletableFuture<T> future =
                completions.future(
                        receipt, () -> result.apply(Objects.requireNonNull(answer.get())));
        pending.add(receipt);
        receipt.whenComplete(outcome -> pending.remove(receipt));
        if (closed) {
            receipt.complete(CLOSED);
            return future;
        }
        calls.call(
                method,
                request,
                new TokenCalls.Outcome<R>() {
                    @Override
                    public void answered(R response) {
                        answer.set(response);
                        receipt.complete(null);
                    }

                    @Override
                    public void failed(Fault cause) {
                        receipt.complete(cause);
                    }
                });
        return future;
    }

    /** Closes the connections. Calls that have not been answered fail. Again changes nothing. */
    @Override
    public void close() {
        closed = true;
        List.copyOf(pending).forEach(receipt -> receipt.complete(CLOSED));
        calls.close();
        threads.close();
    }

    /** For people: the address. */
    @Override
    public String toString() {
        return "TokenClient[" + endpoint.authority() + "]";
    }
}

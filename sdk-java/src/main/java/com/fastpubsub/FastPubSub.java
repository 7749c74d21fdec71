package com.fastpubsub;

import java.net.URI;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * Connects to a FastPubSub server.
 *
 * <pre>{@code
 * try (var client = FastPubSub.connect(URI.create("ws://127.0.0.1:8080/ws"), token)) {
 *     var subscription = client.subscribe("my-tenant", "orders.#").join();
 *     client.publish("my-tenant", "orders.new", "hello".getBytes(UTF_8)).join();
 *     for (Event event : subscription) {
 *         if (event instanceof Message message) {
 *             System.out.println(message.payloadText());
 *         }
 *     }
 * }
 * }</pre>
 */
public final class FastPubSub {
    /** The tenant that an empty one means. */
    public static final String DEFAULT_TENANT = "~";

    private FastPubSub() {}

    /**
     * Connects and waits for the server's welcome.
     *
     * @param address the server: {@code ws://} and {@code wss://} choose WebSocket, {@code grpc://}
     *     and {@code grpcs://} choose gRPC
     * @param token the access token, {@code AT_<id>_<secret>}
     * @return a client that is connected
     * @throws FastPubSubException when there is no connection
     */
    public static FastPubSubClient connect(URI address, String token) {
        return connect(address, ClientOptions.withToken(token).build());
    }

    /**
     * Connects and waits for the server's welcome.
     *
     * @param address the server, as text; see {@link #connect(URI, String)}
     * @param token the access token
     * @return a client that is connected
     * @throws FastPubSubException when there is no connection; with {@link Reason#REQUEST_INVALID}
     *     when the text is no such address
     */
    public static FastPubSubClient connect(String address, String token) {
        return connect(address, ClientOptions.withToken(token).build());
    }

    /**
     * Connects and waits for the server's welcome.
     *
     * @param address the server, as text
     * @param options the token, and how the client behaves
     * @return a client that is connected
     * @throws FastPubSubException when there is no connection; with {@link Reason#REQUEST_INVALID}
     *     when the text is no such address
     */
    public static FastPubSubClient connect(String address, ClientOptions options) {
        return Waiting.join(connectAsync(address, options));
    }

    /**
     * Connects and waits for the server's welcome.
     *
     * @param address the server
     * @param options the token, and how the client behaves
     * @return a client that is connected
     * @throws FastPubSubException when there is no connection
     */
    public static FastPubSubClient connect(URI address, ClientOptions options) {
        return Waiting.join(connectAsync(address, options));
    }

    /**
     * Connects.
     *
     * @param address the server
     * @param options the token, and how the client behaves
     * @return completes with a client that is connected; when it is cancelled, the client is closed
     */
    public static CompletableFuture<FastPubSubClient> connectAsync(
            URI address, ClientOptions options) {
        return connectAsync(Objects.requireNonNull(address, "address").toString(), options);
    }

    /**
     * Connects.
     *
     * @param address the server, as text
     * @param options the token, and how the client behaves
     * @return completes with a client that is connected; when it is cancelled, the client is closed
     */
    public static CompletableFuture<FastPubSubClient> connectAsync(
            String address, ClientOptions options) {
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(options, "options");
        return FastPubSubClient.start(address, options);
    }
}

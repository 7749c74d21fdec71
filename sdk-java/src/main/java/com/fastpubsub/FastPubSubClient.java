package com.fastpubsub;

import com.fastpubsub.internal.fault.FaultException;
import com.fastpubsub.internal.outbox.Ticket;
import com.fastpubsub.internal.receipt.Receipt;
import com.fastpubsub.internal.supervisor.LocalSubscription;
import com.fastpubsub.v1.DeliveryMode;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A client of FastPubSub, which keeps itself connected until it is closed. It is meant to be
 * shared: one connection serves any number of threads, subscriptions and publishers.
 *
 * <p>Calls give a {@link CompletableFuture} that fails with a {@link FastPubSubException}. Stages
 * that depend on it run on the client's {@linkplain ClientOptions.Builder#executor executor}, never
 * on a thread of the connection.
 *
 * <p>When the connection is lost the client makes another one and subscribes to everything again.
 * It ends by itself, with state {@link ClientState#CLOSED}, only for a reason that no further
 * attempt can mend, such as {@link Reason#TOKEN_REVOKED}.
 *
 * <p>An application should close its clients. One that it forgets does not keep the process
 * running: all threads are daemons. And when nothing refers any more to a client and its
 * subscriptions, it is closed in order, sooner or later, and the log has a warning. A subscription
 * that has a {@linkplain Subscription#subscribe subscriber} keeps its client alive.
 */
public final class FastPubSubClient implements AutoCloseable {
    private final ClientRuntime runtime;
    private final ClientOptions options;

    private FastPubSubClient(ClientRuntime runtime, ClientOptions options) {
        this.runtime = runtime;
        this.options = options;
    }

    static CompletableFuture<FastPubSubClient> start(String address, ClientOptions options) {
        ClientRuntime runtime;
        try {
            runtime = new ClientRuntime(address, options);
        } catch (FaultException invalid) {
            return CompletableFuture.failedFuture(FastPubSubException.of(invalid));
        }
        FastPubSubClient client = new FastPubSubClient(runtime, options);
        runtime.closeWhenUnreachable(client);
        CompletableFuture<FastPubSubClient> connected =
                runtime.completions().future(runtime.start(), () -> client);
        connected.whenComplete(
                (done, failure) -> {
                    if (failure != null) {
                        runtime.calls().abandon();
                    }
                });
        return connected;
    }

    /**
     * Publishes a message to everybody who is subscribed to a matching pattern, and asks for the
     * server's acknowledgement.
     *
     * @param tenant the tenant; empty means {@link FastPubSub#DEFAULT_TENANT}
     * @param channel the channel, without wildcards
     * @param payload the payload, which is copied before this returns
     * @return completes when the server has accepted the message
     */
    public CompletableFuture<@Nullable Void> publish(
            String tenant, String channel, byte[] payload) {
        return publish(tenant, channel, payload, PublishOptions.DEFAULT);
    }

    /**
     * Publishes a message. While the {@linkplain ClientOptions.Builder#publishBuffer buffer} is
     * full and the client is connected, this blocks, until there is room or the time is up.
     *
     * <p>A future that is cancelled before the message was sent withdraws it.
     *
     * @param tenant the tenant; empty means {@link FastPubSub#DEFAULT_TENANT}
     * @param channel the channel, without wildcards
     * @param payload the payload, which is copied before this returns
     * @param how to whom the message goes, whether it is acknowledged, and how long it may take
     * @return completes when the server has accepted the message; without acknowledgement when it
     *     has been handed over
     */
    public CompletableFuture<@Nullable Void> publish(
            String tenant, String channel, byte[] payload, PublishOptions how) {
        requireNonNull(tenant, channel, payload, how);
        Ticket ticket;
        try {
            ticket =
                    runtime.calls()
                            .publish(
                                    tenant,
                                    channel,
                                    payload,
                                    onWire(how.deliveryMode()),
                                    how.acknowledged(),
                                    nanos(how.timeout()));
        } catch (FaultException refused) {
            return CompletableFuture.failedFuture(FastPubSubException.of(refused));
        }
        if (ticket == null) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<@Nullable Void> published =
                runtime.completions().future(ticket, () -> null);
        published.whenComplete(
                (done, failure) -> {
                    if (failure != null) {
                        runtime.calls().cancel(ticket);
                    }
                });
        return published;
    }

    private static void requireNonNull(
            String tenant, String channel, byte[] payload, PublishOptions how) {
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(channel, "channel");
        Objects.requireNonNull(payload, "payload");
        Objects.requireNonNull(how, "how");
    }

    private static DeliveryMode onWire(com.fastpubsub.DeliveryMode mode) {
        return switch (mode) {
            case BROADCAST -> DeliveryMode.DELIVERY_MODE_UNSPECIFIED; // the same, and shorter
            case ONE_LOW_LATENCY -> DeliveryMode.DELIVERY_MODE_ONE_LOW_LATENCY;
            case ONE_RANDOM -> DeliveryMode.DELIVERY_MODE_ONE_RANDOM;
        };
    }

    /**
     * Subscribes to a pattern.
     *
     * @param tenant the tenant; empty means {@link FastPubSub#DEFAULT_TENANT}
     * @param pattern the pattern, such as {@code orders.*} or {@code orders.#}
     * @return completes when the server has acknowledged: from then on nothing is missed. Messages
     *     are buffered from the beginning, whether or not somebody reads
     */
    public CompletableFuture<Subscription> subscribe(String tenant, String pattern) {
        return subscribe(tenant, pattern, SubscriptionOptions.DEFAULT);
    }

    /**
     * Subscribes to a pattern.
     *
     * @param tenant the tenant; empty means {@link FastPubSub#DEFAULT_TENANT}
     * @param pattern the pattern
     * @param how how much is buffered, and how long the acknowledgement may take
     * @return completes when the server has acknowledged
     */
    public CompletableFuture<Subscription> subscribe(
            String tenant, String pattern, SubscriptionOptions how) {
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(pattern, "pattern");
        Objects.requireNonNull(how, "how");
        LocalSubscription local;
        try {
            local = runtime.calls().subscribe(tenant, pattern, how.buffer(options));
        } catch (FaultException refused) {
            return CompletableFuture.failedFuture(FastPubSubException.of(refused));
        }
        Subscription subscription =
                new Subscription(local, this, runtime, nanos(options.callTimeout()));
        CompletableFuture<Subscription> ready =
                runtime.completions().future(local.ready(nanos(how.timeout())), () -> subscription);
        ready.whenComplete(
                (done, failure) -> {
                    if (failure != null) {
                        local.close();
                    }
                });
        return ready;
    }

    /**
     * Asks the server for a sign of life.
     *
     * @return completes with the round-trip time, when the server has handled everything that was
     *     called before
     */
    public CompletableFuture<Duration> ping() {
        Receipt answered = runtime.calls().ping(nanos(options.callTimeout()));
        return runtime.completions()
                .future(answered, () -> Duration.ofNanos(runtime.supervisor().rttNanos()));
    }

    /**
     * The round-trip time that was measured last: the client pings by itself, too.
     *
     * @return the time, or nothing when there is none yet
     */
    public Optional<Duration> roundTripTime() {
        long nanos = runtime.supervisor().rttNanos();
        return nanos == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(nanos));
    }

    /**
     * The state now. See {@link ClientOptions.Builder#onState} to be told of changes.
     *
     * @return the state and its cause
     */
    public ClientStatus status() {
        return ClientRuntime.status(runtime.supervisor().status());
    }

    /**
     * Closes the client in order: no new publishes are accepted, the server handles what was handed
     * over, subscriptions end, and nothing keeps running. Waiting is bounded by the {@linkplain
     * ClientOptions.Builder#closeTimeout close timeout}; what could not be flushed then fails, and
     * the error handler is told. Again changes nothing.
     */
    @Override
    public void close() {
        runtime.close();
    }

    /**
     * Closes the client in order, without waiting.
     *
     * @return completes when nothing is left running; fails with {@link Reason#TIMED_OUT} when not
     *     everything was flushed
     */
    public CompletableFuture<@Nullable Void> closeAsync() {
        return runtime.closeAsync();
    }

    /** For people: the address and the state. */
    @Override
    public String toString() {
        return "FastPubSubClient[" + runtime.authority() + ", " + status().state() + "]";
    }

    private long nanos(@Nullable Duration timeout) {
        return (timeout == null ? options.callTimeout() : timeout).toNanos();
    }
}

package com.fastpubsub;

import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.inbox.Inbox;
import com.fastpubsub.internal.supervisor.LocalSubscription;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What matches one pattern, in order. It is read in one of two ways:
 *
 * <ul>
 *   <li>blocking: a {@code for} loop over the subscription, or {@link #next()};
 *   <li>as a {@link Flow.Publisher} with one subscriber.
 * </ul>
 *
 * <p>The connection never waits for the reader. What is not read is buffered, and when the buffer
 * is full the oldest messages go: then a {@link Lagged} stands in their place.
 *
 * <p>It ends when it or the client is closed, or with a {@link FastPubSubException}: when the
 * server ends it ({@link Reason#SUBSCRIBE_DENIED} after a change of tokens), or when the client
 * ends. Losing the connection does not end it.
 */
public final class Subscription implements Flow.Publisher<Event>, Iterable<Event>, AutoCloseable {
    private final LocalSubscription local;
    private final FastPubSubClient client; // stays reachable, and so open, as long as this does
    private final ClientRuntime runtime;
    private final long unsubscribeNanos;
    private final AtomicBoolean subscribed = new AtomicBoolean();

    Subscription(
            LocalSubscription local,
            FastPubSubClient client,
            ClientRuntime runtime,
            long unsubscribeNanos) {
        this.local = local;
        this.client = client;
        this.runtime = runtime;
        this.unsubscribeNanos = unsubscribeNanos;
    }

    /**
     * The tenant.
     *
     * @return {@code ~} for the default tenant
     */
    public String tenant() {
        return local.tenant();
    }

    /**
     * The pattern.
     *
     * @return the pattern
     */
    public String pattern() {
        return local.pattern();
    }

    /**
     * Waits for the next event. Several threads may do so; each event goes to one.
     *
     * @return the event; nothing when the subscription or the client has been closed
     * @throws FastPubSubException when the subscription has ended otherwise; with {@link
     *     Reason#CANCELED} when the thread is interrupted
     */
    public Optional<Event> next() {
        return Optional.ofNullable(await(-1));
    }

    /**
     * Waits for the next event, but not longer than that.
     *
     * @param timeout how long; zero: only what is there already
     * @return the event; nothing when the time is up, or when the subscription or the client has
     *     been closed
     * @throws FastPubSubException when the subscription has ended otherwise; with {@link
     *     Reason#CANCELED} when the thread is interrupted
     */
    public Optional<Event> next(Duration timeout) {
        return Optional.ofNullable(await(Math.max(0, timeout.toNanos())));
    }

    private @Nullable Event await(long nanos) {
        Inbox inbox = local.inbox();
        try {
            Event event = inbox.await(nanos);
            Fault cause = event == null && inbox.isOver() ? inbox.cause() : null;
            if (cause != null) {
                throw new FastPubSubException(cause);
            }
            return event;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw Waiting.interrupted("interrupted while waiting for a message", interrupted);
        } finally {
            Reference.reachabilityFence(client);
        }
    }

    /**
     * Reads until the end: {@link Iterator#hasNext} blocks until there is an event, is false when
     * the subscription or the client has been closed, and throws {@link FastPubSubException} as
     * {@link #next()} does.
     *
     * @return an iterator for one thread
     */
    @Override
    public Iterator<Event> iterator() {
        return new Iterator<>() {
            private @Nullable Event ahead;

            @Override
            public boolean hasNext() {
                if (ahead == null) {
                    ahead = await(-1);
                }
                return ahead != null;
            }

            @Override
            public Event next() {
                if (!hasNext() || ahead == null) {
                    throw new NoSuchElementException("the subscription is closed");
                }
                Event event = ahead;
                ahead = null;
                return event;
            }
        };
    }

    /**
     * Gives the events to a subscriber, on the client's {@linkplain ClientOptions.Builder#executor
     * executor}, or on a thread for that when the client has ended. There is one at most; another
     * one gets an {@link IllegalStateException}. Its end is {@code onComplete} when the
     * subscription or the client has been closed, and {@code onError} with a {@link
     * FastPubSubException} otherwise. When it cancels, this subscription is closed.
     *
     * @param subscriber gets the events
     */
    @Override
    public void subscribe(Flow.Subscriber<? super Event> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        EventFlow flow =
                new EventFlow(
                        local.inbox(), subscriber, runtime.threads().callbacks(), this::close);
        if (subscribed.compareAndSet(false, true)) {
            flow.start();
        } else {
            flow.refuse(new IllegalStateException("this subscription has a subscriber already"));
        }
    }

    /**
     * Ends the subscription in order. What has come until then can still be read; a reader then
     * reaches the end.
     *
     * @return completes when the server has acknowledged that nothing more will come
     */
    public CompletableFuture<@Nullable Void> unsubscribe() {
        return runtime.completions().future(local.unsubscribe(unsubscribeNanos), () -> null);
    }

    /**
     * Ends the subscription at once: what is buffered is gone, and the server is told in the
     * background. Again changes nothing.
     */
    @Override
    public void close() {
        local.close();
    }

    /** For people: tenant and pattern. */
    @Override
    public String toString() {
        return "Subscription[" + tenant() + ":" + pattern() + "]";
    }
}

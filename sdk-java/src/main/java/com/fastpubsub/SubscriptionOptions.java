package com.fastpubsub;

import com.fastpubsub.internal.inbox.InboxLimits;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a subscription buffers what the application has not read yet, and how long subscribing may
 * take. What is null is as the client's {@link ClientOptions} say. Immutable; each method gives a
 * changed copy.
 *
 * @param bufferMessages how many messages; when there are more the oldest go, and the subscription
 *     yields {@link Lagged}; null: as many as the client's {@linkplain
 *     ClientOptions.Builder#subscriptionBuffer subscription buffer}
 * @param bufferBytes how many bytes of payloads; one message always has room; null: as many as the
 *     client's subscription buffer
 * @param timeout how long the server's acknowledgement may take; null: as long as the client's
 *     {@linkplain ClientOptions.Builder#callTimeout call timeout}
 */
public record SubscriptionOptions(
        @Nullable Integer bufferMessages,
        @Nullable Integer bufferBytes,
        @Nullable Duration timeout) {
    /** Everything as the client's options say. */
    public static final SubscriptionOptions DEFAULT = new SubscriptionOptions(null, null, null);

    /**
     * Checks the values.
     *
     * @param bufferMessages how many messages; when there are more the oldest go, and the
     *     subscription yields {@link Lagged}; null: as many as the client's {@linkplain
     *     ClientOptions.Builder#subscriptionBuffer subscription buffer}
     * @param bufferBytes how many bytes of payloads; one message always has room; null: as many as
     *     the client's subscription buffer
     * @param timeout how long the server's acknowledgement may take; null: as long as the client's
     *     {@linkplain ClientOptions.Builder#callTimeout call timeout}
     * @throws FastPubSubException with {@link Reason#REQUEST_INVALID} when one is not positive
     */
    public SubscriptionOptions {
        if (bufferMessages != null) {
            Settings.requirePositive("bufferMessages", bufferMessages);
        }
        if (bufferBytes != null) {
            Settings.requirePositive("bufferBytes", bufferBytes);
        }
        if (timeout != null) {
            Settings.requirePositive("timeout", timeout);
        }
    }

    /**
     * Bounds the buffer.
     *
     * @param messages how many messages
     * @return a copy with that bound
     */
    public SubscriptionOptions withBufferMessages(int messages) {
        return new SubscriptionOptions(messages, bufferBytes, timeout);
    }

    /**
     * Bounds the buffer.
     *
     * @param bytes how many bytes of payloads
     * @return a copy with that bound
     */
    public SubscriptionOptions withBufferBytes(int bytes) {
        return new SubscriptionOptions(bufferMessages, bytes, timeout);
    }

    /**
     * Bounds the call.
     *
     * @param limit how long the acknowledgement may take
     * @return a copy with that timeout
     */
    public SubscriptionOptions withTimeout(Duration limit) {
        return new SubscriptionOptions(bufferMessages, bufferBytes, limit);
    }

    /** The buffer of a subscription with these options. */
    InboxLimits buffer(ClientOptions client) {
        return new InboxLimits(
                bufferMessages == null ? client.subscriptionBufferMessages() : bufferMessages,
                bufferBytes == null ? client.subscriptionBufferBytes() : bufferBytes);
    }
}

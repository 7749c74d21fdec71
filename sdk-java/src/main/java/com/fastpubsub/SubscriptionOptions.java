package com.fastpubsub;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a subscription buffers what the application has not read yet. Immutable; each method gives a
 * changed copy.
 *
 * @param bufferMessages how many messages; when there are more the oldest go, and the subscription
 *     yields {@link Lagged}
 * @param bufferBytes how many bytes of payloads; one message always has room
 * @param timeout how long the server's acknowledgement may take; null: as long as the client's
 *     {@linkplain ClientOptions.Builder#callTimeout call timeout}
 */
public record SubscriptionOptions(int bufferMessages, int bufferBytes, @Nullable Duration timeout) {
    private static final int DEFAULT_MESSAGES = 65_536;
    private static final int DEFAULT_BYTES = 64 << 20;

    /** 65,536 messages and 64 MiB. */
    public static final SubscriptionOptions DEFAULT =
            new SubscriptionOptions(DEFAULT_MESSAGES, DEFAULT_BYTES, null);

    /**
     * Checks the values.
     *
     * @param bufferMessages how many messages; when there are more the oldest go, and the
     *     subscription yields {@link Lagged}
     * @param bufferBytes how many bytes of payloads; one message always has room
     * @param timeout how long the server's acknowledgement may take; null: as long as the client's
     *     {@linkplain ClientOptions.Builder#callTimeout call timeout}
     * @throws FastPubSubException with {@link Reason#REQUEST_INVALID} when one is not positive
     */
    public SubscriptionOptions {
        Settings.requirePositive("bufferMessages", bufferMessages);
        Settings.requirePositive("bufferBytes", bufferBytes);
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
}

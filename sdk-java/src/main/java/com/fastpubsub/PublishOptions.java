package com.fastpubsub;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a message is published. Immutable; each method gives a changed copy.
 *
 * @param deliveryMode to whom the message goes
 * @param acknowledged whether the server is asked to acknowledge
 * @param timeout how long the call may take; null: as long as the client's {@linkplain
 *     ClientOptions.Builder#callTimeout call timeout}
 */
public record PublishOptions(
        DeliveryMode deliveryMode, boolean acknowledged, @Nullable Duration timeout) {
    /** To everybody, acknowledged. */
    public static final PublishOptions DEFAULT =
            new PublishOptions(DeliveryMode.BROADCAST, true, null);

    /**
     * Checks the values.
     *
     * @param deliveryMode to whom the message goes
     * @param acknowledged whether the server is asked to acknowledge
     * @param timeout how long the call may take; null: as long as the client's {@linkplain
     *     ClientOptions.Builder#callTimeout call timeout}
     * @throws FastPubSubException with {@link Reason#REQUEST_INVALID} when the timeout is not
     *     positive
     */
    public PublishOptions {
        Objects.requireNonNull(deliveryMode, "deliveryMode");
        if (timeout != null) {
            Settings.requirePositive("timeout", timeout);
        }
    }

    /**
     * Says to whom the message goes.
     *
     * @param mode the delivery mode
     * @return a copy with that delivery mode
     */
    public PublishOptions withDeliveryMode(DeliveryMode mode) {
        return new PublishOptions(mode, acknowledged, timeout);
    }

    /**
     * Does not ask for an acknowledgement: the call completes when the message has been handed
     * over, and a refusal goes to {@link ClientOptions.Builder#onError}.
     *
     * @return a copy without acknowledgement
     */
    public PublishOptions withoutAcknowledgement() {
        return new PublishOptions(deliveryMode, false, timeout);
    }

    /**
     * Bounds the call.
     *
     * @param limit how long the call may take, waiting for a connection included
     * @return a copy with that timeout
     */
    public PublishOptions withTimeout(Duration limit) {
        return new PublishOptions(deliveryMode, acknowledged, limit);
    }
}

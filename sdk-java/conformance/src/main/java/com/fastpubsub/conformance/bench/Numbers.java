package com.fastpubsub.conformance.bench;

import com.fastpubsub.Event;
import com.fastpubsub.Message;
import com.fastpubsub.Subscription;
import com.fastpubsub.SubscriptionOptions;
import java.nio.ByteBuffer;

/** Messages that are numbered from 0 on, without a gap. */
final class Numbers {
    /** So much is buffered that a reader which is fast on the whole never lags. */
    static final SubscriptionOptions BUFFER =
            SubscriptionOptions.DEFAULT.withBufferMessages(1 << 20).withBufferBytes(1 << 29);

    private Numbers() {}

    /** The payload of the next event, which must be the message with that number. */
    static ByteBuffer payload(Subscription subscription, long number) {
        Event event =
                subscription
                        .next()
                        .orElseThrow(() -> new IllegalStateException("the subscription has ended"));
        if (!(event instanceof Message message)) {
            throw new IllegalStateException("expected message " + number + ", got " + event);
        }
        ByteBuffer payload = message.payload();
        if (payload.remaining() < Long.BYTES || payload.getLong(0) != number) {
            throw new IllegalStateException("expected message " + number + ", got " + event);
        }
        return payload;
    }
}

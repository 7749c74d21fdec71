package com.fastpubsub;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Objects;

/** A message as it was delivered. Immutable. */
public final class Message implements Event {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final String tenant;
    private final String channel;
    private final long idOrigin;
    private final long idSequence;
    private final long publishedAtUnixNanos;
    private final byte[] payload;

    /**
     * Makes a message. The library does that; an application needs it in tests of its own.
     *
     * @param tenant the tenant
     * @param channel the channel
     * @param idOrigin {@link MessageId#origin()}
     * @param idSequence {@link MessageId#sequence()}
     * @param publishedAtUnixNanos nanoseconds since the Unix epoch
     * @param payload the payload, which now belongs to the message: it must not be changed any more
     */
    public Message(
            String tenant,
            String channel,
            long idOrigin,
            long idSequence,
            long publishedAtUnixNanos,
            byte[] payload) {
        this.tenant = Objects.requireNonNull(tenant, "tenant");
        this.channel = Objects.requireNonNull(channel, "channel");
        this.idOrigin = idOrigin;
        this.idSequence = idSequence;
        this.publishedAtUnixNanos = publishedAtUnixNanos;
        this.payload = Objects.requireNonNull(payload, "payload");
    }

    /**
     * The tenant.
     *
     * @return {@code ~} for the default tenant
     */
    public String tenant() {
        return tenant;
    }

    /**
     * The channel that the message was published to.
     *
     * @return the channel, without wildcards
     */
    public String channel() {
        return channel;
    }

    /**
     * The message's id.
     *
     * @return the id
     */
    public MessageId id() {
        return new MessageId(idOrigin, idSequence);
    }

    /**
     * When the message was published, by the server's clock.
     *
     * @return the time
     */
    public Instant publishedAt() {
        return Instant.ofEpochSecond(
                Math.floorDiv(publishedAtUnixNanos, NANOS_PER_SECOND),
                Math.floorMod(publishedAtUnixNanos, NANOS_PER_SECOND));
    }

    /**
     * When the message was published, as a number.
     *
     * @return nanoseconds since the Unix epoch, by the server's clock
     */
    public long publishedAtUnixNanos() {
        return publishedAtUnixNanos;
    }

    /**
     * The payload, without copying it.
     *
     * @return a fresh read-only view
     */
    public ByteBuffer payload() {
        return ByteBuffer.wrap(payload).asReadOnlyBuffer();
    }

    /**
     * The payload as bytes.
     *
     * @return a copy
     */
    public byte[] payloadBytes() {
        return payload.clone();
    }

    /**
     * The payload as text.
     *
     * @return the text that the payload is in UTF-8
     */
    public String payloadText() {
        return new String(payload, StandardCharsets.UTF_8);
    }

    /**
     * How long the payload is.
     *
     * @return its length in bytes
     */
    public int payloadSize() {
        return payload.length;
    }

    /** For people: everything but the payload, of which only the length is shown. */
    @Override
    public String toString() {
        return "Message[tenant=%s, channel=%s, id=%s, publishedAt=%s, payload=%d bytes]"
                .formatted(tenant, channel, id(), publishedAt(), payload.length);
    }
}

package com.fastpubsub.internal.wire;

/**
 * Encodes publishes by hand, so that each is encoded once, when it is queued, and any number of
 * them become a frame by putting one behind the other.
 */
public final class PublishEncoder {
    /**
     * The most bytes that a SessionRequest takes beyond the messages in its publish command: a tag
     * and a length.
     */
    public static final int OVERHEAD = 1 + 5;

    private static final int TAG_MESSAGE = 1 << 3 | 2;
    private static final int TAG_REQUEST_ID = 1 << 3;
    private static final int TAG_TENANT = 2 << 3 | 2;
    private static final int TAG_CHANNEL = 3 << 3 | 2;
    private static final int TAG_PAYLOAD = 4 << 3 | 2;
    private static final int TAG_MODE = 5 << 3;
    private static final int TAG_PUBLISH = 3 << 3 | 2;

    private PublishEncoder() {}

    /**
     * One element of PublishCommand.messages, tag and length included.
     *
     * @param requestId 0: no acknowledgement is wanted
     */
    public static byte[] message(Outgoing message, long requestId) {
        int size = size(message, requestId);
        byte[] encoded = new byte[1 + varintSize(size) + size];
        int at = varint(encoded, 0, TAG_MESSAGE);
        at = varint(encoded, at, size);
        if (requestId != 0) {
            at = varint(encoded, at, TAG_REQUEST_ID);
            at = varint(encoded, at, requestId);
        }
        at = text(encoded, at, TAG_TENANT, message.tenant());
        at = text(encoded, at, TAG_CHANNEL, message.channel());
        byte[] payload = message.payload();
        if (payload.length > 0) {
            at = varint(encoded, at, TAG_PAYLOAD);
            at = varint(encoded, at, payload.length);
            System.arraycopy(payload, 0, encoded, at, payload.length);
            at += payload.length;
        }
        if (message.mode() != 0) {
            at = varint(encoded, at, TAG_MODE);
            varint(encoded, at, message.mode());
        }
        return encoded;
    }

    /**
     * Writes what stands before the messages of a publish so that it ends at a position.
     *
     * @param end where the messages begin; at least {@link #OVERHEAD}
     * @param size how many bytes the messages have
     * @return where the header begins
     */
    public static int headerBefore(byte[] frame, int end, int size) {
        int start = end - 1 - varintSize(size);
        varint(frame, varint(frame, start, TAG_PUBLISH), size);
        return start;
    }

    /** How many bytes the message takes, without its own tag and length. */
    private static int size(Outgoing message, long requestId) {
        int size = 2 + sized(message.tenant().length()) + sized(message.channel().length());
        if (requestId != 0) {
            size += 1 + varintSize(requestId);
        }
        if (message.payload().length > 0) {
            size += 1 + sized(message.payload().length);
        }
        if (message.mode() != 0) {
            size += 1 + varintSize(message.mode());
        }
        return size;
    }

    private static int sized(int length) {
        return varintSize(length) + length;
    }

    private static int varintSize(long value) {
        return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(value) + 6) / 7);
    }

    private static int varint(byte[] to, int at, long value) {
        int next = at;
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            to[next++] = (byte) (rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        to[next++] = (byte) rest;
        return next;
    }

    /** Names have been checked: they are ASCII. */
    private static int text(byte[] to, int at, int tag, String text) {
        int next = varint(to, varint(to, at, tag), text.length());
        for (int i = 0; i < text.length(); i++) {
            to[next++] = (byte) text.charAt(i);
        }
        return next;
    }
}

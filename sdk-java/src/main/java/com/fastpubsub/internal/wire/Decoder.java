package com.fastpubsub.internal.wire;

import com.fastpubsub.Message;
import com.fastpubsub.v1.SessionResponse;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the frames of one connection. Deliveries, the frames that come by the million, are read by
 * hand straight from the bytes; everything else goes through the generated types. For one thread.
 */
public final class Decoder {
    // Tags of SessionResponse.deliveries, Deliveries.messages and the fields of Delivery.
    private static final int TAG_DELIVERIES = 4 << 3 | 2;
    private static final int TAG_MESSAGES = 1 << 3 | 2;
    private static final int TAG_ORIGIN = 1 << 3 | 1;
    private static final int TAG_SEQUENCE = 2 << 3 | 1;
    private static final int TAG_PUBLISHED_AT = 3 << 3 | 1;
    private static final int TAG_TENANT = 4 << 3 | 2;
    private static final int TAG_CHANNEL = 5 << 3 | 2;
    private static final int TAG_PAYLOAD = 6 << 3 | 2;
    private static final int TAG_PACKED_HANDLES = 7 << 3 | 2;
    private static final int TAG_HANDLE = 7 << 3;

    private static final int FIRST_EVENT = 1;
    private static final int LAST_EVENT = 7;

    /** How many channels a connection remembers. */
    private static final int CHANNEL_SLOTS = 1024;

    private static final int TENANT_SLOTS = 16;
    private static final byte[] EMPTY = new byte[0];

    private final Reader reader = new Reader();
    private final DeliveryBatch batch = new DeliveryBatch();
    private final TextTable tenants = new TextTable(TENANT_SLOTS);
    private final TextTable channels = new TextTable(CHANNEL_SLOTS);

    /** Makes a decoder. */
    public Decoder() {}

    /**
     * Reads the first bytes of an array as one encoded SessionResponse. They may be overwritten
     * afterwards. When it carries deliveries they are in {@link #batch()}, until the next call, and
     * the result is null; it is also null, with an empty batch, when the frame carries nothing that
     * is known here.
     */
    public @Nullable SessionResponse decode(byte[] frame, int length)
            throws MalformedFrameException {
        batch.clear();
        if (hasOnlyDeliveries(frame, length)) {
            reader.reset(frame, 0, length);
            while (reader.hasMore()) {
                readDeliveriesField(reader.tag());
            }
            return null;
        }
        SessionResponse response = parse(frame, length);
        if (!response.hasDeliveries()) {
            return response.getEventCase() == SessionResponse.EventCase.EVENT_NOT_SET
                    ? null
                    : response;
        }
        // Deliveries that stood in one frame with another event, of which the last counts.
        byte[] again = response.getDeliveries().toByteArray();
        reader.reset(again, 0, again.length);
        readDeliveries(again.length);
        return null;
    }

    /** The deliveries of the last frame. */
    public DeliveryBatch batch() {
        return batch;
    }

    private static SessionResponse parse(byte[] frame, int length) throws MalformedFrameException {
        try {
            return SessionResponse.parseFrom(ByteString.copyFrom(frame, 0, length));
        } catch (InvalidProtocolBufferException malformed) {
            throw new MalformedFrameException();
        }
    }

    /** Whether every event field of the frame is deliveries, and there is one. */
    private boolean hasOnlyDeliveries(byte[] frame, int length) throws MalformedFrameException {
        reader.reset(frame, 0, length);
        boolean found = false;
        while (reader.hasMore()) {
            int tag = reader.tag();
            int number = tag >>> 3;
            if (tag == TAG_DELIVERIES) {
                found = true;
            } else if (number >= FIRST_EVENT && number <= LAST_EVENT) {
                return false;
            }
            reader.skip(tag);
        }
        return found;
    }

    private void readDeliveriesField(int tag) throws MalformedFrameException {
        if (tag == TAG_DELIVERIES) {
            readDeliveries(reader.length());
        } else {
            reader.skip(tag);
        }
    }

    /** Reads the messages of one encoded Deliveries. */
    private void readDeliveries(int length) throws MalformedFrameException {
        int outerEnd = reader.end;
        reader.end = reader.at + length;
        while (reader.hasMore()) {
            int tag = reader.tag();
            if (tag == TAG_MESSAGES) {
                readDelivery(reader.length());
            } else {
                reader.skip(tag);
            }
        }
        reader.end = outerEnd;
    }

    private void readDelivery(int length) throws MalformedFrameException {
        int outerEnd = reader.end;
        reader.end = reader.at + length;
        long origin = 0;
        long sequence = 0;
        long publishedAt = 0;
        String tenant = "";
        String channel = "";
        byte[] payload = EMPTY;
        while (reader.hasMore()) {
            int tag = reader.tag();
            switch (tag) {
                case TAG_ORIGIN -> origin = reader.fixed64();
                case TAG_SEQUENCE -> sequence = reader.fixed64();
                case TAG_PUBLISHED_AT -> publishedAt = reader.fixed64();
                case TAG_TENANT -> tenant = readText(tenants);
                case TAG_CHANNEL -> channel = readText(channels);
                case TAG_PAYLOAD -> payload = readBytes();
                case TAG_PACKED_HANDLES -> readPackedHandles(reader.length());
                case TAG_HANDLE -> batch.addHandle(reader.varint());
                default -> reader.skip(tag);
            }
        }
        reader.end = outerEnd;
        batch.add(
                new Message(tenant, channel, origin, sequence, publishedAt, payload),
                origin,
                sequence);
    }

    private String readText(TextTable table) throws MalformedFrameException {
        int length = reader.length();
        int start = reader.at;
        reader.at = start + length;
        return table.get(reader.bytes, start, reader.at);
    }

    private byte[] readBytes() throws MalformedFrameException {
        int length = reader.length();
        int start = reader.at;
        reader.at = start + length;
        return Arrays.copyOfRange(reader.bytes, start, reader.at);
    }

    private void readPackedHandles(int length) throws MalformedFrameException {
        int outerEnd = reader.end;
        reader.end = reader.at + length;
        while (reader.hasMore()) {
            batch.addHandle(reader.varint());
        }
        reader.end = outerEnd;
    }
}

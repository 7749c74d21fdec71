package com.fastpubsub.internal.outbox;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.receipt.Receipt;
import com.fastpubsub.internal.wire.PublishEncoder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a consumer sends next: one frame of publishes, or one command. It is used again. */
public final class Batch {
    /**
     * Up to how many bytes of publishes share a frame, if the server's limit allows it: enough to
     * make the cost of a write small, short enough to keep the outbox locked only briefly.
     */
    private static final int FRAME_BYTES = 128 << 10;

    private static final int FIRST_CAPACITY = 4096;

    /**
     * A publish whose acknowledgement is awaited.
     *
     * @param id its request id
     * @param ticket its receipt
     */
    public record Ack(long id, Ticket ticket) {}

    private final List<Ack> acks = new ArrayList<>();
    private final List<Receipt> handed = new ArrayList<>();
    private int unacknowledged;
    private int tooLarge;
    private @Nullable Command command;
    private byte[] buffer = new byte[FIRST_CAPACITY];
    private int end = PublishEncoder.OVERHEAD;
    private int start;

    /** Makes an empty batch. */
    public Batch() {}

    /** The publishes in the frame that the server will answer. */
    public List<Ack> acks() {
        return acks;
    }

    /** Completed when the transport has taken the frame. */
    public List<Receipt> handed() {
        return handed;
    }

    /** How many publishes in the frame the server will not answer. */
    public int unacknowledged() {
        return unacknowledged;
    }

    /** How many publishes nobody waits for are gone because they are too long for a frame. */
    public int tooLarge() {
        return tooLarge;
    }

    /** The command, when it is one. */
    public @Nullable Command command() {
        return command;
    }

    /** Whether there is a frame of publishes. */
    public boolean hasFrame() {
        return publishes() > 0;
    }

    /** The frame: an encoded SessionRequest in this batch's own memory. */
    public ByteBuffer frame() {
        return ByteBuffer.wrap(buffer, start, end - start);
    }

    void reset() {
        acks.clear();
        handed.clear();
        unacknowledged = 0;
        tooLarge = 0;
        command = null;
        end = PublishEncoder.OVERHEAD;
    }

    void set(Command taken) {
        command = taken;
    }

    int publishes() {
        return acks.size() + unacknowledged;
    }

    /**
     * Whether a further publish belongs into this frame. What is too long for any frame belongs
     * nowhere and does not end a frame.
     */
    boolean fits(int size, int maxFrame) {
        int room = Math.min(maxFrame, FRAME_BYTES) - PublishEncoder.OVERHEAD;
        return publishes() == 0
                || end - PublishEncoder.OVERHEAD + size <= room
                || isTooLong(size, maxFrame);
    }

    static boolean isTooLong(int size, int maxFrame) {
        return size > maxFrame - PublishEncoder.OVERHEAD;
    }

    void add(Entry.Publish publish) {
        append(publish.encoded());
        Ticket ticket = publish.ticket();
        if (publish.isAcknowledged() && ticket != null) {
            acks.add(new Ack(publish.id(), ticket));
            return;
        }
        unacknowledged++;
        if (ticket != null) {
            handed.add(ticket);
        }
    }

    void refuse(Entry.Publish publish, int maxFrame) {
        Ticket ticket = publish.ticket();
        if (ticket == null) {
            tooLarge++;
            return;
        }
        ticket.complete(
                Fault.of(
                        Reason.PAYLOAD_TOO_LARGE,
                        "the message takes %d bytes; a frame of this server may have %d"
                                .formatted(publish.encoded().length, maxFrame)));
    }

    private void append(byte[] encoded) {
        int needed = end + encoded.length;
        if (needed > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(needed, 2 * buffer.length));
        }
        System.arraycopy(encoded, 0, buffer, end, encoded.length);
        end = needed;
    }

    /** Writes the frame's header in front of the messages, if there are any. */
    boolean seal() {
        if (!hasFrame()) {
            return tooLarge > 0;
        }
        start =
                PublishEncoder.headerBefore(
                        buffer, PublishEncoder.OVERHEAD, end - PublishEncoder.OVERHEAD);
        return true;
    }
}

package com.fastpubsub.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fastpubsub.internal.dispatch.Dispatcher;
import com.fastpubsub.internal.dispatch.Feed;
import com.fastpubsub.internal.fake.FakeScheduler;
import com.fastpubsub.internal.inbox.Inbox;
import com.fastpubsub.internal.inbox.InboxLimits;
import com.fastpubsub.internal.registry.Registry;
import com.fastpubsub.internal.wire.Decoder;
import com.fastpubsub.internal.wire.MalformedFrameException;
import com.fastpubsub.v1.Deliveries;
import com.fastpubsub.v1.Delivery;
import com.fastpubsub.v1.SessionResponse;
import com.google.protobuf.ByteString;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** On the way of a message nothing is allocated but the message and its payload. */
class AllocationTest {
    private static final int MESSAGES = 100;
    private static final int PAYLOAD = 128;

    /** An object header, five references and numbers of eight bytes; an array's header. */
    private static final int MESSAGE_BYTES = 64;

    private static final int ARRAY_HEADER = 16;

    private final Decoder decoder = new Decoder();
    private final Inbox inbox = new Inbox(new InboxLimits(1 << 20, 1 << 30));
    private final Feed feed = new Dispatcher(new FakeScheduler()).open();
    private final byte[] frame = frame();

    private static byte[] frame() {
        Deliveries.Builder deliveries = Deliveries.newBuilder();
        for (int i = 0; i < MESSAGES; i++) {
            deliveries.addMessages(
                    Delivery.newBuilder()
                            .setIdOrigin(1)
                            .setIdSequence(i)
                            .setTenant("my-tenant")
                            .setChannel("channel." + i)
                            .setPayload(ByteString.copyFrom(new byte[PAYLOAD]))
                            .addPatternHandles(5));
        }
        return SessionResponse.newBuilder().setDeliveries(deliveries).build().toByteArray();
    }

    private int deliver() throws MalformedFrameException {
        decoder.decode(frame, frame.length);
        feed.deliver(decoder.batch());
        int read = 0;
        while (inbox.poll() != null) {
            read++;
        }
        return read;
    }

    @Test
    void aDeliveryAllocatesTheMessageAndItsPayload() throws MalformedFrameException {
        feed.bind(5, new Registry().join("my-tenant", "channel.*", inbox).route());
        for (int i = 0; i < 100; i++) {
            assertThat(deliver()).isEqualTo(MESSAGES);
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int rounds = 1000;
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < rounds; i++) {
            deliver();
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(allocated / rounds / MESSAGES)
                .isLessThanOrEqualTo(MESSAGE_BYTES + ARRAY_HEADER + PAYLOAD);
    }
}

package com.fastpubsub.internal.supervisor;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.fault.FaultException;
import com.fastpubsub.internal.inbox.Inbox;
import com.fastpubsub.internal.inbox.InboxLimits;
import com.fastpubsub.internal.name.Names;
import com.fastpubsub.internal.outbox.Ticket;
import com.fastpubsub.internal.receipt.Receipt;
import com.fastpubsub.internal.receipt.Timeouts;
import com.fastpubsub.internal.session.SessionLimits;
import com.fastpubsub.internal.wire.Outgoing;
import com.fastpubsub.v1.DeliveryMode;
import org.jspecify.annotations.Nullable;

/** What an application asks of its client. All methods may be called concurrently. */
public final class Calls {
    /** How many bytes of a frame are not payload, tenant or channel, at most. */
    private static final int FRAME_RESERVE = 64;

    private final Supervisor supervisor;

    /** Makes the calls of a client. */
    public Calls(Supervisor supervisor) {
        this.supervisor = supervisor;
    }

    /**
     * Checks a message and queues it; see {@link com.fastpubsub.internal.outbox.Outbox#publish}.
     *
     * @return null when it has been handed over and no acknowledgement was wanted
     */
    public @Nullable Ticket publish(
            String tenant,
            String channel,
            byte[] payload,
            DeliveryMode mode,
            boolean ack,
            long timeoutNanos) {
        SessionLimits limits = supervisor.limits();
        String meant = Names.tenant(tenant, limits.tenant());
        Names.channel(channel, limits.channel());
        int largest =
                Math.min(
                        limits.payload(),
                        limits.frame() - FRAME_RESERVE - meant.length() - channel.length());
        if (payload.length > largest) {
            throw new FaultException(
                    Fault.of(
                            Reason.PAYLOAD_TOO_LARGE,
                            "the payload has %d bytes; at most %d are accepted"
                                    .formatted(payload.length, largest)));
        }
        long deadline = supervisor.scheduler().nanoTime() + timeoutNanos;
        return supervisor
                .outbox()
                .publish(new Outgoing(meant, channel, payload, mode.getNumber()), ack, deadline);
    }

    /** Gives up a publish because its caller has. */
    public void cancel(Ticket ticket) {
        supervisor
                .outbox()
                .withdraw(
                        ticket,
                        Fault.of(Reason.CANCELED, "the caller gave up; the message was not sent"));
    }

    /**
     * Adds a local subscription. It is ready when the server has acknowledged its pattern, and
     * exists until it is closed.
     */
    public LocalSubscription subscribe(String tenant, String pattern, InboxLimits buffer) {
        SessionLimits limits = supervisor.limits();
        String meant = Names.tenant(tenant, limits.tenant());
        Names.pattern(pattern, limits.channel());
        Inbox inbox = new Inbox(buffer);
        LocalSubscription subscription =
                new LocalSubscription(
                        supervisor, supervisor.registry().join(meant, pattern, inbox), inbox);
        subscription.sync(null);
        return subscription;
    }

    /** Completes when the server has handled everything that was called before. */
    public Receipt ping(long timeoutNanos) {
        return Timeouts.limit(
                supervisor.outbox().ping(),
                supervisor.scheduler(),
                timeoutNanos,
                "the server has not answered the ping in time");
    }

    /**
     * Ends the client: it refuses new publishes, waits until the server has handled what was handed
     * over, ends the subscriptions, and leaves nothing running (SDK-17). The time bounds the
     * waiting; when it is up first, what was not flushed fails, and the result says so.
     */
    public Receipt close(long timeoutNanos) {
        return new Closing(supervisor, timeoutNanos).start();
    }

    /** Ends the client at once. */
    public void abandon() {
        supervisor.scheduler().execute(() -> supervisor.endLife(0));
    }
}

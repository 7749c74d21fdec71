package com.fastpubsub.internal.session;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.outbox.Batch;
import com.fastpubsub.internal.outbox.Ticket;
import com.fastpubsub.internal.time.Scheduler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What has been sent and not answered. All methods may be called concurrently. */
final class Pending {
    private final Scheduler scheduler;
    private final Object lock = new Object();
    private Map<Long, Ticket> publishes = new HashMap<>(); // guarded by lock, as below
    private Map<Long, SentCommand> commands = new HashMap<>();
    private boolean ended;
    private Scheduler.@Nullable Timer expiry;
    private long expiresAt; // of expiry

    Pending(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    /** Everything that was pending at the end. */
    record Leftover(Map<Long, Ticket> publishes, Map<Long, SentCommand> commands) {}

    /** Records a command before it is sent. False: the session has ended. */
    boolean add(long id, SentCommand command) {
        synchronized (lock) {
            if (!ended) {
                commands.put(id, command);
            }
            return !ended;
        }
    }

    /** Records publishes before they are sent. False: the session has ended. */
    boolean expect(List<Batch.Ack> acks) {
        synchronized (lock) {
            if (ended) {
                return false;
            }
            for (Batch.Ack ack : acks) {
                publishes.put(ack.id(), ack.ticket());
                expireAt(ack.ticket().deadline());
            }
            return true;
        }
    }

    /** Takes what one answer is for out of the record. */
    void take(List<Long> ids, List<Ticket> published, List<SentCommand> done) {
        synchronized (lock) {
            for (Long id : ids) {
                Ticket ticket = publishes.remove(id);
                if (ticket != null) {
                    published.add(ticket);
                    continue;
                }
                SentCommand command = commands.remove(id);
                if (command != null) {
                    done.add(command);
                }
            }
        }
    }

    /** Empties the record for good. Null: it had been done. */
    @Nullable Leftover end() {
        synchronized (lock) {
            if (ended) {
                return null;
            }
            ended = true;
            if (expiry != null) {
                expiry.cancel();
            }
            Leftover leftover = new Leftover(publishes, commands);
            publishes = new HashMap<>();
            commands = new HashMap<>();
            return leftover;
        }
    }

    /** Makes sure that the publishes are looked through at the deadline. */
    private void expireAt(long deadline) {
        if (deadline == Ticket.NEVER || expiry != null && deadline - expiresAt >= 0) {
            return;
        }
        if (expiry != null) {
            expiry.cancel();
        }
        expiresAt = deadline;
        expiry = scheduler.schedule(deadline - scheduler.nanoTime(), this::expire);
    }

    /**
     * Tells the callers who have waited long enough. The publishes stay in the record: they count
     * until the server has answered.
     */
    private void expire() {
        List<Ticket> expired = new ArrayList<>();
        synchronized (lock) {
            expiry = null;
            long now = scheduler.nanoTime();
            long next = Ticket.NEVER;
            for (Ticket ticket : publishes.values()) {
                long deadline = ticket.deadline();
                if (deadline == Ticket.NEVER || ticket.isComplete()) {
                    continue;
                }
                if (deadline - now <= 0) {
                    expired.add(ticket);
                } else if (next == Ticket.NEVER || deadline - next < 0) {
                    next = deadline;
                }
            }
            if (!ended) {
                expireAt(next);
            }
        }
        for (Ticket ticket : expired) {
            ticket.complete(
                    Fault.of(
                            Reason.TIMED_OUT,
                            "the message was sent but not acknowledged in time; it may have been"
                                    + " delivered"));
        }
    }
}

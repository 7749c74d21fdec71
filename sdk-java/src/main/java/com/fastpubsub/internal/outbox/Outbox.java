package com.fastpubsub.internal.outbox;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.fault.FaultException;
import com.fastpubsub.internal.receipt.Receipt;
import com.fastpubsub.internal.registry.Route;
import com.fastpubsub.internal.time.Scheduler;
import com.fastpubsub.internal.wire.Outgoing;
import com.fastpubsub.internal.wire.PublishEncoder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The queue of what the client sends: publishes and changes of subscriptions, in the order in which
 * the application asked for them. It belongs to the client, not to a connection: what has not been
 * handed to a transport yet stays in it when a connection breaks, and goes out over the next one
 * (SDK-8). Whatever is pending when the writer comes goes out as one frame (SDK-6); nothing ever
 * waits for more to come. All methods may be called concurrently.
 */
public final class Outbox {
    private final OutboxLimits limits;
    private final Scheduler scheduler;
    private final AtomicLong lastId = new AtomicLong();

    private final Object lock = new Object();
    private @Nullable Consumer consumer; // null: nobody takes now; guarded by lock, as below
    private boolean connected;
    private @Nullable Fault sealed; // why no more publishes are accepted
    private boolean failed; // nothing at all is accepted
    private final Deque<Entry> queue = new ArrayDeque<>();
    private int messages; // queued, or waiting for an acknowledgement
    private long bytes; // queued
    private @Nullable CountDownLatch room; // opens when there is room again; null: nobody waits
    private Scheduler.@Nullable Timer expiry;
    private long expiresAt; // of expiry

    /** Makes an empty outbox without a consumer. */
    public Outbox(OutboxLimits limits, Scheduler scheduler) {
        this.limits = limits;
        this.scheduler = scheduler;
    }

    /** A request id that nobody has had before. */
    public long nextId() {
        return lastId.incrementAndGet();
    }

    /** Makes c the consumer: the client is connected. */
    public void attach(Consumer c) {
        synchronized (lock) {
            consumer = c;
            connected = true;
            c.signal();
        }
    }

    /**
     * Takes the outbox away from its consumer because another connection will go on. The client
     * counts as connected.
     */
    public void pause() {
        synchronized (lock) {
            consumer = null;
        }
    }

    /**
     * Says that c's connection is gone. If c was the consumer the client is not connected now, and
     * whoever waits for room is refused.
     */
    public void detach(Consumer c) {
        synchronized (lock) {
            if (consumer == c) {
                consumer = null;
                connected = false;
                makeRoom();
            }
        }
    }

    /**
     * Says that the connection which the outbox was paused for is gone. It does nothing when there
     * is a consumer.
     */
    public void disconnect() {
        synchronized (lock) {
            if (consumer == null) {
                connected = false;
                makeRoom();
            }
        }
    }

    /** Says that so many publishes have got their acknowledgement, or never will. */
    public void release(int count) {
        if (count > 0) {
            synchronized (lock) {
                messages -= count;
                makeRoom();
            }
        }
    }

    /** Makes every publish that comes later fail with the reason. */
    public void seal(Fault reason) {
        synchronized (lock) {
            if (sealed == null) {
                sealed = reason;
            }
            makeRoom();
        }
    }

    /** Whether no publish is queued. */
    public boolean isFlushed() {
        synchronized (lock) {
            return bytes == 0;
        }
    }

    /**
     * Seals the outbox and fails everything that is queued.
     *
     * @return how many messages are gone of which the application was told that they would be sent
     */
    public int fail(Fault reason) {
        synchronized (lock) {
            sealed = reason;
            failed = true;
            consumer = null;
            connected = false;
            int dropped = 0;
            for (Entry entry = queue.poll(); entry != null; entry = queue.poll()) {
                Receipt receipt =
                        entry instanceof Entry.Publish publish
                                ? publish.ticket()
                                : ((Command) entry).receipt();
                if (receipt != null) {
                    receipt.complete(reason);
                } else if (entry instanceof Entry.Publish) {
                    dropped++;
                }
            }
            bytes = 0;
            stopExpiry();
            makeRoom();
            return dropped;
        }
    }

    /**
     * Queues a message. The payload has been copied when this returns.
     *
     * <p>With ack the ticket completes when the server has answered. Without, it completes when the
     * message has been handed to a transport; it is null when that is so already, because the
     * client is connected and the outbox is part of the transport: nothing that is in it gets lost
     * while the client lives.
     *
     * <p>When there is no room this waits for it until the deadline while the client is connected,
     * and fails with BUFFER_FULL while it is not. The deadline, a time of the scheduler, also
     * bounds how long the message may wait in the queue.
     */
    public @Nullable Ticket publish(Outgoing message, boolean ack, long deadline) {
        // Encoded before the lock is taken: so much of the work is the caller's own.
        long id = ack ? nextId() : 0;
        byte[] encoded = PublishEncoder.message(message, id);
        while (true) {
            CountDownLatch wait;
            synchronized (lock) {
                if (sealed != null) {
                    throw new FaultException(sealed);
                }
                if (hasRoom()) {
                    return enqueue(encoded, id, deadline);
                }
                if (!connected) {
                    throw new FaultException(bufferFull());
                }
                if (room == null) {
                    room = new CountDownLatch(1);
                }
                wait = room;
            }
            awaitRoom(wait, deadline);
        }
    }

    private boolean hasRoom() {
        return messages == 0 || messages < limits.messages() && bytes < limits.bytes();
    }

    private Fault bufferFull() {
        return Fault.of(
                Reason.BUFFER_FULL,
                "there is no connection and %d publishes with %d bytes are waiting for one already"
                        .formatted(messages, bytes));
    }

    private void awaitRoom(CountDownLatch wait, long deadline) {
        Scheduler.Timer timer =
                deadline == Ticket.NEVER
                        ? () -> {}
                        : scheduler.schedule(deadline - scheduler.nanoTime(), wait::countDown);
        try {
            wait.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new FaultException(
                    Fault.of(
                            Reason.CANCELED,
                            "interrupted while the buffer for publishes was full; the message was"
                                    + " not sent",
                            interrupted));
        } finally {
            timer.cancel();
        }
        if (deadline != Ticket.NEVER && scheduler.nanoTime() - deadline >= 0) {
            throw new FaultException(
                    Fault.of(
                            Reason.TIMED_OUT,
                            "the buffer for publishes stayed full; the message was not sent"));
        }
    }

    private @Nullable Ticket enqueue(byte[] encoded, long id, long deadline) {
        Ticket ticket = null;
        if (id != 0 || !connected) {
            ticket = new Ticket(encoded.length, deadline);
            expireAt(deadline);
        }
        messages++;
        bytes += encoded.length;
        push(new Entry.Publish(encoded, id, ticket));
        return ticket;
    }

    private void push(Entry entry) {
        queue.add(entry);
        if (consumer != null) {
            consumer.signal();
        }
    }

    /**
     * Queues the comparison of a route with what the connection has been told. The receipt
     * completes when the server knows.
     */
    public void sync(Route route, @Nullable Receipt receipt) {
        command(new Command(route, receipt));
    }

    /**
     * Queues a ping. Its receipt completes when the server has handled everything that was queued
     * before.
     */
    public Receipt ping() {
        Receipt receipt = new Receipt();
        command(new Command(null, receipt));
        return receipt;
    }

    /** Queues a command, also when publishes are sealed. */
    private void command(Command command) {
        synchronized (lock) {
            if (!failed) {
                push(command);
            } else if (command.receipt() != null) {
                command.receipt().complete(sealed);
            }
        }
    }

    /**
     * Gives a publish up: if it has not been handed to a transport, it never will be, its ticket
     * completes with the reason, and the answer is true.
     */
    public boolean withdraw(Ticket ticket, Fault reason) {
        synchronized (lock) {
            return !ticket.sent && giveUp(ticket, reason);
        }
    }

    private boolean giveUp(Ticket ticket, Fault reason) {
        if (!ticket.complete(reason)) {
            return false;
        }
        messages--;
        bytes -= ticket.size();
        makeRoom();
        return true;
    }

    /** Makes sure that the queue is looked through at the deadline. */
    private void expireAt(long deadline) {
        if (deadline == Ticket.NEVER || expiry != null && deadline - expiresAt >= 0) {
            return;
        }
        stopExpiry();
        expiresAt = deadline;
        expiry = scheduler.schedule(deadline - scheduler.nanoTime(), this::expire);
    }

    private void stopExpiry() {
        if (expiry != null) {
            expiry.cancel();
            expiry = null;
        }
    }

    /** Withdraws what has waited too long. */
    private void expire() {
        synchronized (lock) {
            expiry = null;
            long now = scheduler.nanoTime();
            long next = Ticket.NEVER;
            for (Entry entry : queue) {
                if (!(entry instanceof Entry.Publish publish)
                        || publish.ticket() == null
                        || publish.isWithdrawn()
                        || publish.ticket().deadline() == Ticket.NEVER) {
                    continue;
                }
                long deadline = publish.ticket().deadline();
                if (deadline - now <= 0) {
                    giveUp(
                            publish.ticket(),
                            Fault.of(
                                    Reason.TIMED_OUT,
                                    "the message could not be sent before its deadline"));
                } else if (next == Ticket.NEVER || deadline - next < 0) {
                    next = deadline;
                }
            }
            expireAt(next);
        }
    }

    /**
     * Moves what is at the head of the queue into the batch: as many publishes as fit into a frame
     * of at most maxFrame bytes, or one command. False when there is nothing, or when c is not the
     * consumer any more.
     */
    public boolean take(Consumer c, int maxFrame, Batch into) {
        into.reset();
        synchronized (lock) {
            if (consumer != c) {
                return false;
            }
            for (Entry head = queue.peek(); head != null; head = queue.peek()) {
                if (head instanceof Command command) {
                    if (into.publishes() > 0) {
                        break;
                    }
                    queue.remove();
                    into.set(command);
                    makeRoom();
                    return true;
                }
                Entry.Publish publish = (Entry.Publish) head;
                if (!publish.isWithdrawn() && !into.fits(publish.encoded().length, maxFrame)) {
                    break;
                }
                queue.remove();
                take(publish, maxFrame, into);
            }
            makeRoom();
            return into.seal();
        }
    }

    /**
     * Moves one publish into the batch, unless it has been given up or is too long for any frame.
     */
    private void take(Entry.Publish publish, int maxFrame, Batch into) {
        if (publish.isWithdrawn()) {
            return;
        }
        boolean tooLong = Batch.isTooLong(publish.encoded().length, maxFrame);
        bytes -= publish.encoded().length;
        if (!publish.isAcknowledged() || tooLong) {
            messages--;
        }
        if (publish.ticket() != null) {
            publish.ticket().sent = true;
        }
        if (tooLong) {
            into.refuse(publish, maxFrame);
        } else {
            into.add(publish);
        }
    }

    /** Wakes whoever waits for room. */
    private void makeRoom() {
        if (room != null) {
            room.countDown();
            room = null;
        }
    }
}

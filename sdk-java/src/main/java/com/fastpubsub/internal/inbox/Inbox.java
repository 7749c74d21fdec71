package com.fastpubsub.internal.inbox;

import com.fastpubsub.Event;
import com.fastpubsub.Lagged;
import com.fastpubsub.Message;
import com.fastpubsub.internal.fault.Fault;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One local subscription's buffer. The connection never waits for the application: when the buffer
 * is full the oldest message goes, and the reader is told how many went (SDK-11). All methods may
 * be called concurrently; each event goes to one reader.
 */
public final class Inbox {
    private final InboxLimits limits;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Ring events = new Ring();
    private long bytes;
    private int waiting; // readers that sleep
    private long lagged; // dropped here, before the head of events
    private long missed; // dropped by the server, before the head of events
    private boolean over;
    private @Nullable Fault cause; // why it is over; null: the application wants no more
    private @Nullable Runnable listener;

    /** Makes an empty inbox. */
    public Inbox(InboxLimits limits) {
        this.limits = limits;
    }

    /** Adds a message and never blocks. After the end it does nothing. */
    public void push(Message message) {
        add(message, message.payloadSize());
    }

    /** Says that the server dropped messages before the next one. */
    public void pushLost(long messages) {
        add(new Lagged(messages, true), 0);
    }

    private void add(Event event, int size) {
        Runnable toTell;
        lock.lock();
        try {
            if (over) {
                return;
            }
            events.push(event);
            bytes += size;
            dropOldest();
            if (waiting > 0) {
                changed.signal();
            }
            toTell = listener;
        } finally {
            lock.unlock();
        }
        if (toTell != null) {
            toTell.run();
        }
    }

    /** Makes the buffer fit its limits again. */
    private void dropOldest() {
        while (events.size() > limits.messages() || bytes > limits.bytes() && events.size() > 1) {
            Event dropped = events.pop();
            if (dropped instanceof Lagged lost) {
                missed += lost.missed();
            } else {
                bytes -= ((Message) dropped).payloadSize();
                lagged++;
            }
        }
    }

    /** Ends the inbox for a cause. What it holds can still be read. Only the first end counts. */
    public void end(Fault why) {
        finish(why, false);
    }

    /** Ends the inbox because the application wants no more; what it holds can still be read. */
    public void endQuietly() {
        finish(null, false);
    }

    /** Ends the inbox because the application wants no more: what it holds is gone. */
    public void close() {
        finish(null, true);
    }

    private void finish(@Nullable Fault why, boolean discard) {
        Runnable toTell;
        lock.lock();
        try {
            if (discard) {
                events.clear();
                bytes = 0;
                lagged = 0;
                missed = 0;
            }
            if (!over) {
                over = true;
                cause = why;
            }
            changed.signalAll();
            toTell = listener;
        } finally {
            lock.unlock();
        }
        if (toTell != null) {
            toTell.run();
        }
    }

    /**
     * Takes the next event if there is one. Losses come before what followed them. When there is
     * none and the inbox is over, {@link #isOver()} says so.
     */
    public @Nullable Event poll() {
        lock.lock();
        try {
            return take();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for the next event.
     *
     * @param nanos how long to wait at most; negative: without a limit
     * @return null when the time is up or the inbox is over
     */
    public @Nullable Event await(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (true) {
                Event event = take();
                if (event != null || over || nanos >= 0 && left <= 0) {
                    return event;
                }
                left = sleep(nanos < 0, left);
            }
        } finally {
            lock.unlock();
        }
    }

    private long sleep(boolean withoutLimit, long left) throws InterruptedException {
        waiting++;
        try {
            if (withoutLimit) {
                changed.await();
                return left;
            }
            return changed.awaitNanos(left);
        } finally {
            waiting--;
        }
    }

    private @Nullable Event take() {
        if (lagged > 0) {
            Event lost = new Lagged(lagged, false);
            lagged = 0;
            return lost;
        }
        if (missed > 0) {
            Event lost = new Lagged(missed, true);
            missed = 0;
            return lost;
        }
        if (events.size() == 0) {
            return null;
        }
        Event event = events.pop();
        if (event instanceof Message message) {
            bytes -= message.payloadSize();
        }
        if (waiting > 0 && events.size() > 0) {
            changed.signal(); // another reader may take the next one
        }
        return event;
    }

    /** Whether nothing will come any more and nothing is left. */
    public boolean isOver() {
        lock.lock();
        try {
            return over && lagged == 0 && missed == 0 && events.size() == 0;
        } finally {
            lock.unlock();
        }
    }

    /** Why the inbox is over; null: the application wants no more. */
    public @Nullable Fault cause() {
        lock.lock();
        try {
            return cause;
        } finally {
            lock.unlock();
        }
    }

    /** Calls the listener, which must not block, whenever a reader should look again. */
    public void listen(Runnable newListener) {
        lock.lock();
        try {
            listener = newListener;
        } finally {
            lock.unlock();
        }
        newListener.run();
    }
}

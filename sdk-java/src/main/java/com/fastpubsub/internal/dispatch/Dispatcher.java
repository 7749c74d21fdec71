package com.fastpubsub.internal.dispatch;

import com.fastpubsub.Message;
import com.fastpubsub.internal.dedup.Window;
import com.fastpubsub.internal.inbox.Inbox;
import com.fastpubsub.internal.registry.Route;
import com.fastpubsub.internal.time.Scheduler;
import com.fastpubsub.internal.wire.DeliveryBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings the deliveries of the client's connections to its subscriptions: in order, and each
 * message once, also while the client moves from one connection to another (SDK-9).
 *
 * <p>Each connection has a {@link Feed}. Normally there is one, the leader, whose deliveries go
 * straight through. While the client moves there is a follower, too. Both connections deliver the
 * same messages, but at different speeds, so to take whatever comes first would put an old message
 * behind a newer one. Therefore a subscription listens to the leader as long as it has one: what
 * the follower brings for it is held back, and is dropped when the leader brings it the same
 * message. When the leader has finished, what is still held back is released, in order, and the
 * follower leads. A window of ids drops what the new leader brings although the former one has
 * brought it.
 *
 * <p>All methods of the types in this package may be called concurrently.
 */
public final class Dispatcher {
    /**
     * For how long after a change of leaders the new one's messages are compared with the former
     * one's: longer than any message can be under way.
     */
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Scheduler scheduler;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition(); // a feed finished, or there is room
    private final Window<Route[]> window = new Window<>(); // of each message, who has got it
    private final Held held = new Held();
    private @Nullable Feed leader;
    private @Nullable Feed follower;
    private boolean windowCloses; // closesAt is set
    private long closesAt;

    /** Makes a dispatcher without a feed. */
    public Dispatcher(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    /**
     * Starts the feed of a new connection: it leads, or follows a leader that has not finished.
     * There are at most two feeds at a time.
     */
    public Feed open() {
        return lockedGet(
                () -> {
                    Feed feed = new Feed(this);
                    if (leader == null) {
                        leader = feed;
                        closeWindowLater();
                    } else {
                        follower = feed;
                        window.arm();
                    }
                    return feed;
                });
    }

    void locked(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }

    <T extends @Nullable Object> T lockedGet(Supplier<T> supplier) {
        lock.lock();
        try {
            return supplier.get();
        } finally {
            lock.unlock();
        }
    }

    void deliver(Feed feed, DeliveryBatch batch) {
        lock.lock();
        try {
            closeWindow();
            for (int i = 0; i < batch.size(); i++) {
                while (feed == follower && held.isFull()) {
                    changed.awaitUninterruptibly();
                }
                if (feed == leader) {
                    lead(feed, batch, i);
                } else if (feed == follower) {
                    follow(feed, batch, i);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Delivers what the leader brings, to those that have not got it. */
    private void lead(Feed feed, DeliveryBatch batch, int index) {
        Message message = batch.message(index);
        Route[] brought = feed.brings(batch, index);
        Route[] got = window.get(batch.origin(index), batch.sequence(index));
        for (Route route : brought) {
            if (got == null || !Routes.contain(got, route)) {
                push(route, message);
            }
        }
        window.put(batch.origin(index), batch.sequence(index), Routes.union(got, brought));
        if (!held.isEmpty()) {
            boolean wasFull = held.isFull();
            held.drop(message.id(), brought);
            if (wasFull) {
                changed.signalAll();
            }
        }
    }

    /**
     * Delivers what the follower brings for routes that the leader does not have, holds back what
     * is for the leader's routes, and drops what has been delivered. A message may have been
     * delivered to some of its routes only: the leader's server ends one subscription after the
     * other.
     */
    private void follow(Feed feed, DeliveryBatch batch, int index) {
        Message message = batch.message(index);
        Route[] got = window.get(batch.origin(index), batch.sequence(index));
        List<Route> waiting = new ArrayList<>(1);
        List<Route> direct = new ArrayList<>(0);
        for (Route route : feed.brings(batch, index)) {
            if (got != null && Routes.contain(got, route)) {
                continue;
            }
            if (leader != null && leader.has(route)) {
                waiting.add(route);
            } else {
                push(route, message);
                direct.add(route);
            }
        }
        if (!direct.isEmpty()) {
            Route[] added = direct.toArray(Route[]::new);
            window.put(batch.origin(index), batch.sequence(index), Routes.union(got, added));
        }
        if (!waiting.isEmpty()) {
            held.add(message, waiting);
        }
    }

    /** Delivers what was held back, in order. */
    private void release() {
        for (Held.Entry entry : held.takeAll()) {
            long origin = entry.message().id().origin();
            long sequence = entry.message().id().sequence();
            Route[] got = window.get(origin, sequence);
            for (Route route : entry.routes()) {
                if (got == null || !Routes.contain(got, route)) {
                    push(route, entry.message());
                }
            }
            Route[] added = entry.routes().toArray(Route[]::new);
            window.put(origin, sequence, Routes.union(got, added));
        }
    }

    private static void push(Route route, Message message) {
        for (Inbox inbox : route.inboxes()) {
            inbox.push(message);
        }
    }

    void finish(Feed feed) {
        locked(
                () -> {
                    if (feed.finished) {
                        return;
                    }
                    feed.finished = true;
                    if (feed == leader) {
                        succeed();
                    } else if (feed == follower) {
                        follower = null;
                    }
                    changed.signalAll();
                });
    }

    private void succeed() {
        leader = follower;
        follower = null;
        window.arm();
        windowCloses = false;
        release();
        if (leader != null) {
            closeWindowLater();
        }
    }

    private void closeWindowLater() {
        windowCloses = true;
        closesAt = scheduler.nanoTime() + WINDOW_NANOS;
    }

    /** Disarms the window when its time has come. */
    private void closeWindow() {
        if (window.isArmed()
                && follower == null
                && windowCloses
                && scheduler.nanoTime() - closesAt > 0) {
            window.disarm();
        }
    }
}

package com.fastpubsub;

import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.inbox.Inbox;
import com.fastpubsub.internal.threads.ClientThreads;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Brings events from an inbox to a subscriber as far as it has asked for them. Signals are given
 * one at a time, on the executor. When the executor takes no more, because the client has ended,
 * what is left is given all the same: by the turn that is running, or on a thread for that turn.
 */
final class EventFlow implements Flow.Subscription {
    /** How many events are given before others get their turn on the executor. */
    private static final int BURST = 256;

    private final Inbox inbox;
    private final Flow.Subscriber<? super Event> subscriber;
    private final Executor executor;
    private final Runnable close;
    private final AtomicInteger wanted = new AtomicInteger(); // turns; 0: idle
    private final AtomicLong demand = new AtomicLong();
    private volatile boolean over;
    private volatile @Nullable Throwable misuse;

    EventFlow(
            Inbox inbox,
            Flow.Subscriber<? super Event> subscriber,
            Executor executor,
            Runnable close) {
        this.inbox = inbox;
        this.subscriber = subscriber;
        this.executor = executor;
        this.close = close;
    }

    void start() {
        wanted.set(1); // no turn happens before the subscriber knows its subscription
        subscriber.onSubscribe(this);
        inbox.listen(this::wake);
        takeTurn();
    }

    void refuse(Throwable why) {
        over = true;
        subscriber.onSubscribe(this);
        subscriber.onError(why);
    }

    @Override
    public void request(long count) {
        if (count <= 0) {
            misuse = new IllegalArgumentException("request(" + count + ") is not positive");
        } else {
            demand.accumulateAndGet(count, EventFlow::add);
        }
        wake();
    }

    private static long add(long a, long b) {
        return a + b < 0 ? Long.MAX_VALUE : a + b;
    }

    @Override
    public void cancel() {
        if (!over) {
            over = true;
            close.run();
        }
    }

    /** Makes a turn happen; called by any thread. */
    private void wake() {
        if (!over && wanted.getAndIncrement() == 0) {
            takeTurn();
        }
    }

    /** Makes a turn happen that does not run on the calling thread. */
    private void takeTurn() {
        if (!isQueued()) {
            Thread late = new Thread(this::turn, ClientThreads.NAME_PREFIX + "late-events");
            late.setDaemon(true);
            late.start();
        }
    }

    private boolean isQueued() {
        try {
            executor.execute(this::turn);
            return true;
        } catch (RejectedExecutionException ended) {
            return false;
        }
    }

    private void turn() {
        while (giveAndLookAgain()) {
            if (isQueued()) {
                return;
            }
        }
    }

    /** True when another turn is needed: there is more, or somebody has woken this one. */
    private boolean giveAndLookAgain() {
        int seen = wanted.get();
        try {
            return give() || wanted.addAndGet(-seen) != 0;
        } catch (RuntimeException | Error thrown) {
            cancel();
            throw thrown;
        }
    }

    /** Gives a burst. True when there may be more. */
    private boolean give() {
        for (int i = 0; i < BURST; i++) {
            if (over) {
                return false;
            }
            if (misuse != null) {
                fail(misuse);
                return false;
            }
            Event event = demand.get() > 0 ? inbox.poll() : null;
            if (event == null) {
                endIfOver();
                return false;
            }
            if (demand.get() != Long.MAX_VALUE) {
                demand.decrementAndGet();
            }
            subscriber.onNext(event);
        }
        return true;
    }

    private void endIfOver() {
        if (!inbox.isOver()) {
            return;
        }
        Fault cause = inbox.cause();
        if (cause != null) {
            over = true;
            subscriber.onError(new FastPubSubException(cause));
        } else {
            over = true;
            subscriber.onComplete();
        }
    }

    private void fail(Throwable why) {
        over = true;
        close.run();
        subscriber.onError(why);
    }
}

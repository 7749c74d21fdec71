package com.fastpubsub.internal.session;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.time.Scheduler;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Pings the peer in the interval that the server has asked for, and ends the session when nothing
 * has come for too long. Anything that comes is a sign of life. Works on the scheduler's thread.
 */
final class KeepAlive {
    /** After how many intervals without a word from the peer it is given up. */
    private static final int MISSED_PINGS = 2;

    private final Session session;
    private final long intervalNanos;
    private volatile boolean heard = true; // the welcome
    private int missed;
    private Scheduler.@Nullable Timer timer;

    KeepAlive(Session session, long intervalNanos) {
        this.session = session;
        this.intervalNanos = intervalNanos;
    }

    void start() {
        session.fence();
        schedule();
    }

    /** Something has come; called by any thread. */
    void heard() {
        if (!heard) {
            heard = true;
        }
    }

    private void schedule() {
        timer = session.config().scheduler().schedule(intervalNanos, this::look);
    }

    private void look() {
        if (!session.isAlive()) {
            return;
        }
        missed = heard ? 0 : missed + 1;
        heard = false;
        if (missed >= MISSED_PINGS) {
            session.end(
                    Fault.of(
                            Reason.CONNECTION_LOST,
                            "the server has not answered %d pings, %s apart"
                                    .formatted(MISSED_PINGS, Duration.ofNanos(intervalNanos))));
            return;
        }
        session.fence();
        schedule();
    }

    void stop() {
        if (timer != null) {
            timer.cancel();
        }
    }
}

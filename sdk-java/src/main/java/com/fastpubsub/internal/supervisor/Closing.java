package com.fastpubsub.internal.supervisor;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.receipt.Receipt;
import com.fastpubsub.internal.receipt.Timeouts;
import com.fastpubsub.internal.time.Scheduler;
import org.jspecify.annotations.Nullable;

/** An orderly end. Works on the scheduler's thread. */
final class Closing {
    private final Supervisor supervisor;
    private final Scheduler scheduler;
    private final long ends;
    private final Receipt closed = new Receipt();
    private volatile @Nullable Fault unflushed;

    Closing(Supervisor supervisor, long timeoutNanos) {
        this.supervisor = supervisor;
        this.scheduler = supervisor.scheduler();
        this.ends = scheduler.nanoTime() + timeoutNanos;
    }

    /** Completes when nothing runs any more: with the outcome of flushing. */
    Receipt start() {
        supervisor.outbox().seal(Supervisor.CLOSED_BY_APPLICATION);
        scheduler.execute(this::flush);
        // Also when the client ends for another reason meanwhile, after which nothing is scheduled.
        supervisor.done().whenComplete(done -> closed.complete(unflushed));
        return closed;
    }

    /**
     * Waits until everything that was published has been sent and answered. A client without a
     * connection and without anything to send has nothing to wait for.
     */
    private void flush() {
        boolean connected = supervisor.status().state() == State.CONNECTED;
        if (supervisor.isEnding() || !connected && supervisor.outbox().isFlushed()) {
            end(null);
            return;
        }
        Timeouts.limit(
                        supervisor.outbox().ping(),
                        scheduler,
                        left(),
                        "not everything was flushed when the client was closed")
                .whenComplete(outcome -> scheduler.execute(() -> flushed(outcome)));
    }

    private void flushed(@Nullable Fault outcome) {
        if (outcome == null || outcome.is(Reason.TIMED_OUT)) {
            end(outcome);
        } else if (supervisor.outbox().isFlushed()) {
            end(null); // the connection was lost, and what was in flight has failed
        } else {
            flush();
        }
    }

    private void end(@Nullable Fault outcome) {
        if (outcome != null) {
            supervisor.report(outcome);
            unflushed = outcome;
        }
        supervisor.endLife(Math.max(0, left()));
    }

    private long left() {
        return ends - scheduler.nanoTime();
    }
}

package com.fastpubsub.internal.session;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.fault.Retry;
import com.fastpubsub.internal.receipt.Receipt;
import com.fastpubsub.internal.registry.Telling;
import com.fastpubsub.internal.time.Scheduler;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Subscribes one connection to everything that is wanted, in rounds, until nothing is missing.
 * Works on the scheduler's thread, but may be started by any.
 */
final class Resubscription {
    private final Session session;
    private final Scheduler scheduler;
    private final Consumer<@Nullable Fault> done;
    private Scheduler.@Nullable Timer timer;
    private int unanswered;
    private @Nullable Fault refusal;
    private boolean finished;

    Resubscription(Session session, Consumer<@Nullable Fault> done) {
        this.session = session;
        this.scheduler = session.config().scheduler();
        this.done = done;
    }

    void start(long timeoutNanos) {
        timer =
                scheduler.schedule(
                        timeoutNanos,
                        () ->
                                finish(
                                        Fault.of(
                                                Reason.TIMED_OUT,
                                                "the subscriptions were not acknowledged in"
                                                        + " time")));
        scheduler.execute(this::round);
    }

    private void round() {
        List<Telling> missing = session.ledger().missing();
        if (missing.isEmpty()) {
            finish(session.isAlive() ? null : SentCommand.lost(session.cause()));
            return;
        }
        unanswered = missing.size();
        for (Telling telling : missing) {
            Receipt receipt = new Receipt();
            receipt.whenComplete(outcome -> scheduler.execute(() -> answered(outcome)));
            session.send(new SentCommand.Subscribe(receipt, telling, true), telling.route());
        }
    }

    private void answered(@Nullable Fault outcome) {
        if (outcome != null && outcome.retry() == Retry.YES && refusal == null) {
            refusal = outcome;
        }
        unanswered--;
        if (unanswered > 0) {
            return;
        }
        if (refusal != null) {
            finish(refusal);
        } else if (!finished) {
            round();
        }
    }

    private void finish(@Nullable Fault outcome) {
        if (finished) {
            return;
        }
        finished = true;
        if (timer != null) {
            timer.cancel();
        }
        done.accept(outcome);
    }
}

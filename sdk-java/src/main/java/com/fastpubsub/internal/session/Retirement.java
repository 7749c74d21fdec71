package com.fastpubsub.internal.session;

import com.fastpubsub.internal.receipt.Receipt;
import com.fastpubsub.internal.registry.Route;
import com.fastpubsub.internal.time.Scheduler;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Empties one connection before it is given up. Works on the scheduler's thread. */
final class Retirement {
    private final Session session;
    private final Scheduler scheduler;
    private final Runnable done;
    private Scheduler.@Nullable Timer timer;
    private int unanswered;
    private boolean finished;

    Retirement(Session session, Runnable done) {
        this.session = session;
        this.scheduler = session.config().scheduler();
        this.done = done;
    }

    void start(long timeoutNanos) {
        timer = scheduler.schedule(timeoutNanos, this::finish);
        List<Route> routes = session.ledger().told();
        unanswered = routes.size() + 1;
        for (Route route : routes) {
            Receipt receipt = new Receipt();
            session.send(new SentCommand.Retire(receipt, route), route);
            await(receipt);
        }
        await(session.fence());
    }

    private void await(Receipt receipt) {
        receipt.whenComplete(outcome -> scheduler.execute(this::answered));
    }

    private void answered() {
        unanswered--;
        if (unanswered == 0) {
            finish();
        }
    }

    private void finish() {
        if (finished) {
            return;
        }
        finished = true;
        if (timer != null) {
            timer.cancel();
        }
        session.feed().finish();
        done.run();
    }
}

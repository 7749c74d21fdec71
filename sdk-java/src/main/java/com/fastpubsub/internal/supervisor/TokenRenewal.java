package com.fastpubsub.internal.supervisor;

import com.fastpubsub.internal.credential.Credential;
import com.fastpubsub.internal.credential.RenewalSchedule;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.receipt.Timeouts;
import com.fastpubsub.internal.session.Session;
import com.fastpubsub.internal.time.Scheduler;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Replaces a session's token shortly before it expires, again and again, as long as the session
 * lives. When the source fails until the token has expired, the server ends the session and the
 * client reconnects. Works on the scheduler's thread.
 */
final class TokenRenewal {
    private final Supervisor supervisor;
    private final Session session;
    private final Scheduler scheduler;
    private Scheduler.@Nullable Timer timer;
    private RenewalSchedule plan = new RenewalSchedule(0, 0);
    private boolean stopped;

    TokenRenewal(Supervisor supervisor, Session session) {
        this.supervisor = supervisor;
        this.session = session;
        this.scheduler = supervisor.scheduler();
    }

    /** Plans the next renewal, if there is one to plan. */
    void start() {
        Duration left = left();
        if (!supervisor.config().credential().isRenewable() || left == null) {
            return;
        }
        plan = RenewalSchedule.of(left.toNanos());
        askAfter(plan.first());
    }

    void stop() {
        stopped = true;
        if (timer != null) {
            timer.cancel();
        }
    }

    /** How long the token is still valid; null when it is not, or when nobody knows. */
    private @Nullable Duration left() {
        Instant expiry = session.tokenExpiry();
        Instant now = scheduler.now();
        return expiry != null && now.isBefore(expiry) ? Duration.between(now, expiry) : null;
    }

    private void askAfter(long nanos) {
        timer = scheduler.schedule(nanos, this::ask);
    }

    private void ask() {
        supervisor
                .config()
                .credential()
                .ask(scheduler, supervisor.config().attemptTimeoutNanos(), this::answered);
    }

    private void answered(Credential.Answer answer) {
        if (stopped) {
            return;
        }
        if (answer instanceof Credential.Failed failed) {
            outcome(failed.cause());
            return;
        }
        String token = ((Credential.Token) answer).text().reveal();
        Timeouts.limit(
                        session.authenticate(token),
                        scheduler,
                        supervisor.config().attemptTimeoutNanos(),
                        "the server has not answered the fresh token in time")
                .whenComplete(outcome -> scheduler.execute(() -> outcome(outcome)));
    }

    private void outcome(@Nullable Fault failure) {
        if (stopped || !session.isAlive()) {
            return;
        }
        if (failure == null) {
            start();
            return;
        }
        supervisor.report(
                failure.withText(
                        "the token could not be renewed; it expires at "
                                + session.tokenExpiry()
                                + ": "
                                + failure.text()));
        if (left() != null) {
            askAfter(plan.again());
        }
    }
}

package com.fastpubsub.internal.supervisor;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.credential.Credential;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.receipt.Timeouts;
import com.fastpubsub.internal.session.GoingAway;
import com.fastpubsub.internal.session.Session;
import com.fastpubsub.internal.time.Scheduler;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tries until there is a session that has everything and takes from the outbox, or until there is a
 * final reason. Works on the scheduler's thread.
 */
final class Connecting {
    /** Bounds the wait for the acknowledgements of everything that is subscribed to. */
    private static final long RESUBSCRIBE_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** How long an old server gets to answer, at most. */
    static final long FENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Supervisor supervisor;
    private final Scheduler scheduler;
    private final @Nullable Session old; // goes on meanwhile
    private @Nullable Session next;
    private Scheduler.@Nullable Timer timer;
    private long attemptEnds;
    private boolean pausedOutbox;
    private boolean canceled;
    private boolean waiting; // for the next attempt
    private boolean startOver;

    Connecting(Supervisor supervisor, @Nullable Session old) {
        this.supervisor = supervisor;
        this.scheduler = supervisor.scheduler();
        this.old = old;
    }

    boolean isAbout(Session session) {
        return session == next;
    }

    /** Starts an attempt; only the first one of a new client does not wait. */
    void begin(boolean first) {
        if (first) {
            attempt();
        } else {
            waitForAttempt();
        }
    }

    private void waitForAttempt() {
        if (startOver) {
            startOver = false;
            supervisor.config().backoff().reset();
        }
        waiting = true;
        timer = scheduler.schedule(supervisor.config().backoff().next(), this::attempt);
    }

    /**
     * The old session has ended: the client is without a connection, and the waits start over. What
     * failed before, during a move, was not urgent.
     */
    void oldEnded() {
        startOver = true;
        if (waiting) {
            stopTimer();
            waitForAttempt();
        }
    }

    private void attempt() {
        waiting = false;
        if (canceled) {
            return;
        }
        long timeout = supervisor.config().attemptTimeoutNanos();
        attemptEnds = scheduler.nanoTime() + timeout;
        supervisor.config().credential().ask(scheduler, timeout, this::answered);
    }

    private void answered(Credential.Answer answer) {
        if (canceled) {
            return;
        }
        if (answer instanceof Credential.Failed failed) {
            failed(failed.cause());
            return;
        }
        String token = ((Credential.Token) answer).text().reveal();
        Session session =
                Session.open(
                        supervisor.sessionConfig(),
                        supervisor,
                        supervisor.config().dialer(),
                        token);
        next = session;
        timer =
                scheduler.schedule(
                        attemptEnds - scheduler.nanoTime(),
                        () ->
                                session.end(
                                        Fault.of(
                                                Reason.UNREACHABLE,
                                                "the server did not welcome the connection in"
                                                        + " time")));
    }

    void welcomed() {
        stopTimer();
        Session session = next;
        if (session != null) {
            session.resubscribe(
                    RESUBSCRIBE_NANOS, outcome -> whenStill(session, outcome, this::takeOver));
        }
    }

    /**
     * Lets the next session send. While it waits nothing is sent: what the old session has sent is
     * handled first, and what has been subscribed to since the next one asked is subscribed there,
     * too. So publishes keep their order.
     */
    private void takeOver(Session session) {
        supervisor.outbox().pause();
        pausedOutbox = true;
        GoingAway going = old == null ? null : old.going();
        if (old == null || going == null) {
            completeTakeOver(session);
            return;
        }
        long left = Math.min(going.until() - scheduler.nanoTime(), FENCE_NANOS);
        Timeouts.limit(old.fence(), scheduler, left, "")
                .whenComplete(
                        handled ->
                                scheduler.execute(
                                        () -> whenStill(session, null, this::completeTakeOver)));
    }

    private void completeTakeOver(Session session) {
        session.resubscribe(
                RESUBSCRIBE_NANOS, outcome -> whenStill(session, outcome, this::attach));
    }

    private void attach(Session session) {
        supervisor.outbox().attach(session.consumer());
        supervisor.succeeded(session, old);
    }

    /** Goes on unless the session has failed, or has ended meanwhile. */
    private void whenStill(Session session, @Nullable Fault outcome, Consumer<Session> goOn) {
        if (canceled || session != next) {
            return;
        }
        if (outcome == null) {
            goOn.accept(session);
        } else {
            session.end(outcome); // and then ended() is called
        }
    }

    /** The session of this attempt has ended. */
    void ended(Fault cause) {
        stopTimer();
        next = null;
        if (pausedOutbox && old != null && old.isAlive()) {
            supervisor.outbox().attach(old.consumer());
        }
        pausedOutbox = false;
        failed(cause);
    }

    private void failed(Fault cause) {
        supervisor.noteFailure(cause);
        if (supervisor.stopsAttempts(cause)) {
            supervisor.failed(cause, old);
            return;
        }
        if (cause.is(Reason.TOKEN_SOURCE_FAILED)) {
            supervisor.report(cause);
        }
        begin(false);
    }

    /** Gives up. */
    void cancel() {
        canceled = true;
        stopTimer();
        if (next != null) {
            next.end(Supervisor.CLOSED_BY_APPLICATION);
        }
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}

package com.fastpubsub.internal.supervisor;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.dispatch.Dispatcher;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.outbox.Outbox;
import com.fastpubsub.internal.receipt.Receipt;
import com.fastpubsub.internal.registry.Registry;
import com.fastpubsub.internal.session.Greeting;
import com.fastpubsub.internal.session.Session;
import com.fastpubsub.internal.session.SessionConfig;
import com.fastpubsub.internal.session.SessionLimits;
import com.fastpubsub.internal.time.Scheduler;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The life of a client: it keeps one session alive, makes a new one when a session is lost, moves
 * without a gap when a server asks for it, and owns what outlives a session. It knows no transport.
 *
 * <p>Everything that is decided is decided on the scheduler's thread; {@link Calls} is for the
 * application's threads.
 */
public final class Supervisor implements Session.Events {
    /**
     * How long a session must have lived for earlier failures to be forgotten, so that a server
     * which drops every client at once is not stormed.
     */
    private static final long STABLE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** What calls get after close. */
    static final Fault CLOSED_BY_APPLICATION =
            Fault.of(Reason.CLOSED, "the client has been closed");

    private final SupervisorConfig config;
    private final Scheduler scheduler;
    private final Outbox outbox;
    private final Registry registry;
    private final SessionConfig sessionConfig;
    private final Receipt connected = new Receipt();
    private final Receipt done = new Receipt();

    private volatile Status status = new Status(State.CONNECTING, null);
    private volatile SessionLimits limits = SessionLimits.DEFAULT;
    private volatile @Nullable Session current; // the newest session; may have ended

    // Of the scheduler's thread.
    private @Nullable Connecting connecting;
    private @Nullable Move retiring; // the end of a move
    private @Nullable TokenRenewal renewal;
    private Scheduler.@Nullable Timer stable;
    private @Nullable Fault outlasting; // why there will be no session after the current one
    private boolean ending;
    private boolean shut;

    /** Makes a client that has not started. */
    public Supervisor(SupervisorConfig config) {
        this.config = config;
        this.scheduler = config.scheduler();
        this.outbox = new Outbox(config.outbox(), scheduler);
        this.registry = new Registry();
        this.sessionConfig =
                new SessionConfig(
                        outbox, registry, new Dispatcher(scheduler), scheduler, this::report);
    }

    /** Starts to connect. It goes on until there is a reason that makes attempts useless. */
    public void start() {
        scheduler.execute(
                () -> {
                    setStatus(State.CONNECTING, null);
                    connect(null, true);
                });
    }

    /** Completes with the first session, or with why there is none. */
    public Receipt connected() {
        return connected;
    }

    /** Completes when the client is CLOSED and nothing of it runs any more. */
    public Receipt done() {
        return done;
    }

    /** The state now. */
    public Status status() {
        return status;
    }

    /** The round-trip time that was measured last, in nanoseconds; 0 when there is none. */
    public long rttNanos() {
        Session session = current;
        return session == null ? 0 : session.rttNanos();
    }

    /** What the server accepts. */
    public SessionLimits limits() {
        return limits;
    }

    Outbox outbox() {
        return outbox;
    }

    Registry registry() {
        return registry;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    SupervisorConfig config() {
        return config;
    }

    SessionConfig sessionConfig() {
        return sessionConfig;
    }

    private void connect(@Nullable Session old, boolean first) {
        connecting = new Connecting(this, old);
        connecting.begin(first);
    }

    @Override
    public void welcomed(Session session) {
        if (connecting != null && connecting.isAbout(session)) {
            connecting.welcomed();
        }
    }

    @Override
    public void goingAway(Session session) {
        if (session == current) {
            moveIfAsked();
        }
    }

    @Override
    public void ended(Session session) {
        if (connecting != null && connecting.isAbout(session)) {
            connecting.ended(session.cause());
        } else if (retiring != null && retiring.isAbout(session)) {
            retiring.over();
            retiring = null;
            moveIfAsked();
        } else if (session == current) {
            currentEnded(session);
        }
    }

    /** A session has everything and takes from the outbox. */
    void succeeded(Session next, @Nullable Session old) {
        connecting = null;
        stopWatching();
        Greeting greeting = next.greeting();
        limits = greeting.limits();
        current = next;
        config.logger()
                .log(
                        INFO,
                        "session {0} with {1}, version {2}",
                        greeting.sessionId(),
                        greeting.node(),
                        greeting.serverVersion());
        if (status.state() != State.CONNECTED) {
            setStatus(State.CONNECTED, null);
        }
        stable = scheduler.schedule(STABLE_NANOS, config.backoff()::reset);
        renewal = new TokenRenewal(this, next);
        renewal.start();
        if (old != null && old.isAlive()) {
            retiring = new Move(this, old);
            retiring.retire();
        }
        moveIfAsked();
    }

    /** There will be no session. */
    void failed(Fault failure, @Nullable Session old) {
        connecting = null;
        if (old != null && old.isAlive()) {
            outlasting = failure; // the client lives as long as its old session does
        } else {
            shut(failure);
        }
    }

    /** Makes a new session before it breaks the old one (SDK-9); one move after the other. */
    private void moveIfAsked() {
        Session session = current;
        if (session == null
                || session.going() == null
                || !session.isAlive()
                || connecting != null
                || retiring != null
                || outlasting != null
                || ending) {
            return;
        }
        config.logger().log(INFO, "the server asks to move: {0}", session.going().text());
        connect(session, false);
    }

    private void currentEnded(Session session) {
        Fault cause = session.cause();
        outbox.detach(session.consumer());
        stopWatching();
        if (ending) {
            shut(CLOSED_BY_APPLICATION);
        } else if (connecting != null) { // its successor is being made already
            outbox.disconnect();
            setStatus(State.RECONNECTING, cause);
            connecting.oldEnded();
        } else if (outlasting != null) {
            shut(outlasting);
        } else if (endsClient(cause)) {
            shut(cause);
        } else {
            setStatus(State.RECONNECTING, cause);
            connect(null, false);
        }
    }

    private void stopWatching() {
        if (stable != null) {
            stable.cancel();
            stable = null;
        }
        if (renewal != null) {
            renewal.stop();
            renewal = null;
        }
    }

    /** Whether the end of a session is one that no new session can mend. */
    private boolean endsClient(Fault cause) {
        return switch (cause.retry()) {
            case NO -> !cause.is(Reason.UNREACHABLE) && !cause.is(Reason.TOKEN_SOURCE_FAILED);
            case FRESH_TOKEN -> !config.credential().isRenewable();
            default -> false;
        };
    }

    /**
     * Whether another attempt is useless after this failure. What may only be a wrong setting (a
     * wrong address, a certificate, a token source that refuses) stops a client that has never been
     * connected; one that has been goes on.
     */
    boolean stopsAttempts(Fault failure) {
        return endsClient(failure) || current == null && !failure.isRetryable();
    }

    /** Ends the client: at once, but the session gets so much time for an orderly end. */
    void endLife(long closingNanos) {
        if (ending || shut) {
            return;
        }
        ending = true;
        if (connecting != null) {
            connecting.cancel();
            connecting = null;
        }
        Session session = current;
        if (session != null && session.isAlive()) {
            session.close(closingNanos);
        } else {
            shut(CLOSED_BY_APPLICATION);
        }
    }

    boolean isEnding() {
        return ending;
    }

    /** Ends what outlives a session. */
    private void shut(Fault cause) {
        if (shut) {
            return;
        }
        shut = true;
        ending = true;
        stopWatching();
        if (retiring != null) {
            retiring.cut(cause);
            retiring = null;
        }
        boolean quietly = cause == CLOSED_BY_APPLICATION;
        int dropped = outbox.fail(cause);
        if (dropped > 0) {
            report(
                    Fault.of(
                            Reason.CONNECTION_LOST,
                            "the client ended with "
                                    + dropped
                                    + " unacknowledged publishes that had not been sent"));
        }
        registry.end(cause, quietly);
        setStatus(State.CLOSED, quietly ? null : cause);
        connected.complete(cause);
        done.complete(null);
    }

    private void setStatus(State state, @Nullable Fault cause) {
        Status changed = new Status(state, cause);
        status = changed;
        config.logger()
                .log(
                        cause == null ? DEBUG : WARNING,
                        "{0}{1}",
                        state,
                        cause == null ? "" : ": " + cause);
        config.onState().accept(changed);
        if (state == State.CONNECTED) {
            connected.complete(null);
        }
    }

    /** Keeps why the last attempt failed, without a change of state. */
    void noteFailure(Fault cause) {
        config.logger()
                .log(
                        WARNING,
                        "cannot connect, attempt {0}: {1}",
                        config.backoff().failures() + 1,
                        cause);
        if (status.state() != State.CONNECTED) {
            status = new Status(status.state(), cause);
        }
    }

    /** Tells the application of a failure that no call returns; by any thread. */
    void report(Fault failure) {
        config.onError().accept(failure);
    }
}

package com.fastpubsub.internal.session;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.dispatch.Feed;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.outbox.Batch;
import com.fastpubsub.internal.outbox.Command;
import com.fastpubsub.internal.outbox.Consumer;
import com.fastpubsub.internal.receipt.Receipt;
import com.fastpubsub.internal.registry.Ledger;
import com.fastpubsub.internal.registry.Route;
import com.fastpubsub.internal.time.Scheduler;
import com.fastpubsub.internal.transport.Conn;
import com.fastpubsub.internal.transport.Dialer;
import com.fastpubsub.internal.wire.Commands;
import com.fastpubsub.v1.Welcome;
import com.google.protobuf.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The life of one connection, free of any transport: it starts with the welcome, sends commands in
 * order, matches answers with them, hands deliveries to the dispatcher, watches that the peer is
 * alive, and ends once, with a cause. What outlives a connection (outbox, registry, dispatcher) is
 * not here. All methods may be called concurrently.
 */
public final class Session {
    /** How long a peer whose connection fails gets to say why. */
    private static final long LAST_WORD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final SessionConfig config;
    private final Events events;
    private final Feed feed;
    private final Ledger ledger;
    private final Pending pending;
    private final Conn conn;
    private final Writer writer;

    private volatile @Nullable Greeting greeting;
    private volatile @Nullable KeepAlive keepAlive;
    private volatile @Nullable GoingAway going;
    private volatile @Nullable Instant tokenExpiry;
    private volatile long rttNanos; // 0: not measured yet

    private final Object lock = new Object();
    private @Nullable Fault cause; // guarded by lock, as below
    private boolean ended;
    private Scheduler.@Nullable Timer lastWord; // ends the session when the peer does not

    /** Learns what happens to a session. Called on the scheduler's thread, each at most once. */
    public interface Events {
        /** The welcome has come: the session is open. */
        void welcomed(Session session);

        /** The server asks to move. */
        void goingAway(Session session);

        /** The session has ended, welcomed or not. */
        void ended(Session session);
    }

    private Session(SessionConfig config, Events events, Dialer dialer) {
        this.config = config;
        this.events = events;
        this.feed = config.dispatcher().open();
        this.ledger = config.registry().open();
        this.pending = new Pending(config.scheduler());
        this.conn = dialer.prepare(new EventReader(this));
        this.writer = new Writer(this, conn);
    }

    /** Starts to connect. The events say how that went. */
    public static Session open(SessionConfig config, Events events, Dialer dialer, String token) {
        Session session = new Session(config, events, dialer);
        session.conn.open(token);
        return session;
    }

    /** What the server said at the start; call it after it has welcomed. */
    public Greeting greeting() {
        return Objects.requireNonNull(greeting);
    }

    /** Takes from the outbox when it is attached. */
    public Consumer consumer() {
        return writer;
    }

    /** Whether the session has not ended. */
    public boolean isAlive() {
        synchronized (lock) {
            return !ended;
        }
    }

    /** Why the session ended; call it after its end. */
    public Fault cause() {
        synchronized (lock) {
            return Objects.requireNonNull(cause);
        }
    }

    /** What the server said when it asked to move. */
    public @Nullable GoingAway going() {
        return going;
    }

    /** The last measured round-trip time in nanoseconds; 0 when there is none yet. */
    public long rttNanos() {
        return rttNanos;
    }

    /** When the session's token expires, by the server's clock. */
    public @Nullable Instant tokenExpiry() {
        return tokenExpiry;
    }

    /** Presents a fresh token. */
    public Receipt authenticate(String token) {
        Receipt receipt = new Receipt();
        send(new SentCommand.Authenticate(receipt), id -> Commands.authenticate(id, token));
        return receipt;
    }

    /**
     * Completes when the server has handled every command that was sent before and its answers have
     * been read.
     */
    public Receipt fence() {
        Receipt receipt = new Receipt();
        ping(receipt);
        return receipt;
    }

    /**
     * Subscribes to everything that the application wants and that this connection does not have. A
     * pattern that the server refuses for good ends with that reason; when it may be accepted
     * later, the whole attempt fails. The result comes on the scheduler's thread: null for success.
     */
    public void resubscribe(long timeoutNanos, java.util.function.Consumer<@Nullable Fault> done) {
        new Resubscription(this, done).start(timeoutNanos);
    }

    /**
     * Unsubscribes from everything, and waits until the server has acknowledged it or the time is
     * up: what was delivered to this connection has then been received, and nothing more will be.
     * Its feed finishes. Done runs on the scheduler's thread.
     */
    public void retire(long timeoutNanos, Runnable done) {
        new Retirement(this, done).start(timeoutNanos);
    }

    /**
     * Ends the session in order: what the session itself has queued goes out, the peer is told, and
     * its own end is waited for until the time is up.
     */
    public void close(long timeoutNanos) {
        writer.finish();
        config.scheduler()
                .schedule(
                        timeoutNanos,
                        () -> end(Fault.of(Reason.CLOSED, "the client has closed the connection")));
    }

    /**
     * Ends the session, once: the first cause counts. Everything that waits for an answer learns
     * that none will come.
     */
    public void end(Fault why) {
        Fault counts;
        synchronized (lock) {
            if (ended) {
                return;
            }
            ended = true;
            if (cause == null) {
                cause = why;
            }
            counts = cause;
            if (lastWord != null) {
                lastWord.cancel();
            }
        }
        conn.abort();
        config.outbox().detach(writer);
        feed.finish();
        ledger.close();
        abandonPending(counts);
        config.scheduler().execute(this::over);
    }

    private void abandonPending(Fault why) {
        Pending.Leftover leftover = pending.end();
        if (leftover == null) {
            return;
        }
        leftover.publishes().values().forEach(ticket -> ticket.complete(SentCommand.lost(why)));
        config.outbox().release(leftover.publishes().size());
        leftover.commands().values().forEach(command -> command.abandon(why));
    }

    private void over() {
        KeepAlive watching = keepAlive;
        if (watching != null) {
            watching.stop();
        }
        events.ended(this);
    }

    /**
     * Keeps the reason that the server gave; the connection ends when the server closes it, or a
     * little later.
     */
    void willEnd(Fault why) {
        synchronized (lock) {
            if (cause == null && !ended) {
                cause = why;
                endLater(why);
            }
        }
    }

    /** Ends the session unless the reader does it first. */
    void endLater(Fault why) {
        synchronized (lock) {
            if (lastWord == null && !ended) {
                lastWord = config.scheduler().schedule(LAST_WORD_NANOS, () -> end(why));
            }
        }
    }

    /** Takes the first welcome; there is no second one. */
    void welcomed(Welcome welcome) {
        if (greeting != null) {
            return;
        }
        Greeting first = Greeting.of(welcome);
        if (welcome.hasTokenExpiresAt()) {
            setTokenExpiry(welcome.getTokenExpiresAt());
        }
        writer.setMaxFrame(first.limits().frame());
        keepAlive = new KeepAlive(this, first.keepAliveNanos());
        greeting = first;
        config.scheduler().execute(this::start);
    }

    private void start() {
        if (isAlive()) {
            Objects.requireNonNull(keepAlive).start();
            events.welcomed(this);
        }
    }

    /** Takes the first go-away; further ones say nothing new. */
    void sentAway(GoingAway away) {
        if (going == null) {
            going = away;
            config.scheduler()
                    .execute(
                            () -> {
                                if (isAlive()) {
                                    events.goingAway(this);
                                }
                            });
        }
    }

    void setTokenExpiry(Timestamp time) {
        tokenExpiry = Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }

    void measured(SentCommand.Ping ping) {
        rttNanos = Math.max(1, config.scheduler().nanoTime() - ping.sentAt());
    }

    void heard() {
        KeepAlive watching = keepAlive;
        if (watching != null) {
            watching.heard();
        }
    }

    /** Sends a command from the outbox. */
    void sendCommand(Command command) {
        Route route = command.route();
        if (route == null) {
            ping(command.receipt());
            return;
        }
        Ledger.Action action = ledger.sync(route);
        if (action instanceof Ledger.Subscribe subscribe) {
            send(new SentCommand.Subscribe(command.receipt(), subscribe.telling(), false), route);
        } else if (action instanceof Ledger.Unsubscribe) {
            send(new SentCommand.Unsubscribe(command.receipt(), route), route);
        } else if (command.receipt() != null) {
            command.receipt().complete(null);
        }
    }

    private void ping(@Nullable Receipt receipt) {
        send(new SentCommand.Ping(receipt, config.scheduler().nanoTime()), Commands::ping);
    }

    void send(SentCommand.Subscribe command, Route route) {
        send(command, id -> Commands.subscribe(id, route.tenant(), route.pattern()));
    }

    void send(SentCommand.Unsubscribe command, Route route) {
        send(command, id -> Commands.unsubscribe(id, route.tenant(), route.pattern()));
    }

    void send(SentCommand.Retire command, Route route) {
        send(command, id -> Commands.unsubscribe(id, route.tenant(), route.pattern()));
    }

    /**
     * Queues one of the session's own commands and keeps its record until the answer comes. When
     * the session has ended already, the command ends with it.
     */
    private void send(SentCommand command, LongFunction<byte[]> encode) {
        long id = config.outbox().nextId();
        if (pending.add(id, command)) {
            writer.queue(encode.apply(id));
        } else {
            command.abandon(cause());
        }
    }

    /**
     * Records publishes before they are sent, so that no answer comes too early. When the session
     * has ended already, they have failed, and the answer is false.
     */
    boolean expect(List<Batch.Ack> acks) {
        if (pending.expect(acks)) {
            return true;
        }
        acks.forEach(ack -> ack.ticket().complete(SentCommand.lost(cause())));
        config.outbox().release(acks.size());
        return false;
    }

    void report(Fault refusal) {
        config.report().accept(refusal);
    }

    SessionConfig config() {
        return config;
    }

    Feed feed() {
        return feed;
    }

    Ledger ledger() {
        return ledger;
    }

    Pending pending() {
        return pending;
    }
}

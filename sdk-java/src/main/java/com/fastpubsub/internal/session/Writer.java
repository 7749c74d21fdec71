package com.fastpubsub.internal.session;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.outbox.Batch;
import com.fastpubsub.internal.outbox.Command;
import com.fastpubsub.internal.outbox.Consumer;
import com.fastpubsub.internal.receipt.Receipt;
import com.fastpubsub.internal.transport.Conn;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Sends what is pending, one frame after the other. While a frame is being sent more comes
 * together, and goes out as the next one. It works on the scheduler's thread; signal, queue and
 * finish may be called by any.
 */
final class Writer implements Consumer {
    private final Session session;
    private final Conn conn;
    private final AtomicBoolean signalled = new AtomicBoolean();
    private final Deque<byte[]> control = new ArrayDeque<>(); // guarded by itself
    private final Batch batch = new Batch();
    private volatile int maxFrame;
    private volatile boolean finishing;
    private boolean busy; // a frame is being sent, or nothing may be sent any more

    Writer(Session session, Conn conn) {
        this.session = session;
        this.conn = conn;
    }

    /** Sets how long a frame may be. Nothing is queued before that. */
    void setMaxFrame(int bytes) {
        maxFrame = bytes;
    }

    @Override
    public void signal() {
        if (signalled.compareAndSet(false, true)) {
            session.config().scheduler().execute(this::work);
        }
    }

    /** Queues one of the session's own frames; they go before the outbox's. */
    void queue(byte[] frame) {
        synchronized (control) {
            control.add(frame);
        }
        signal();
    }

    /** Closes the connection as soon as the session's own frames are out. */
    void finish() {
        finishing = true;
        signal();
    }

    private void work() {
        signalled.set(false);
        while (!busy) {
            byte[] own = nextControl();
            if (own != null) {
                transmit(ByteBuffer.wrap(own), false);
            } else if (session.config().outbox().take(this, maxFrame, batch)) {
                sendBatch();
            } else {
                if (finishing) {
                    busy = true;
                    conn.close();
                }
                return;
            }
        }
    }

    private byte @Nullable [] nextControl() {
        synchronized (control) {
            return control.poll();
        }
    }

    private void sendBatch() {
        if (batch.tooLarge() > 0) {
            session.report(
                    Fault.of(
                            Reason.PAYLOAD_TOO_LARGE,
                            batch.tooLarge()
                                    + " unacknowledged publishes are longer than a frame of this"
                                    + " server may be"));
        }
        Command command = batch.command();
        if (command != null) {
            session.sendCommand(command);
        } else if (batch.hasFrame()) {
            if (session.expect(batch.acks())) {
                transmit(batch.frame(), true);
            } else {
                handed(false);
                busy = true;
            }
        }
    }

    /** Hands a frame to the transport. */
    private void transmit(ByteBuffer frame, boolean isBatch) {
        CompletableFuture<?> sending = conn.send(frame);
        if (sending.isDone()) {
            sent(isBatch, sending.isCompletedExceptionally());
            return;
        }
        busy = true;
        sending.whenComplete(
                (done, failure) ->
                        session.config()
                                .scheduler()
                                .execute(
                                        () -> {
                                            busy = false;
                                            sent(isBatch, failure != null);
                                            work();
                                        }));
    }

    private void sent(boolean isBatch, boolean failed) {
        if (isBatch) {
            handed(!failed);
        }
        if (failed) {
            // Nothing more is sent, and the peer gets some time to say what is wrong.
            busy = true;
            session.endLater(
                    Fault.of(Reason.CONNECTION_LOST, "the connection to the server broke"));
        }
    }

    private void handed(boolean sent) {
        Fault outcome = sent ? null : SentCommand.lost(null);
        for (Receipt receipt : batch.handed()) {
            receipt.complete(outcome);
        }
        int unwaited = batch.unacknowledged() - batch.handed().size();
        if (!sent && unwaited > 0) {
            session.report(
                    Fault.of(
                            Reason.CONNECTION_LOST,
                            "the connection broke while "
                                    + unwaited
                                    + " unacknowledged publishes were being sent; they may be"
                                    + " lost"));
        }
    }
}

package com.fastpubsub.internal.transport;

import com.fastpubsub.internal.fault.Fault;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/**
 * One connection, from the attempt to make it to its end. It carries encoded frames and knows
 * nothing of what is in them.
 */
public interface Conn {
    /**
     * Starts to connect and to present the token; called once. Does not block and does not throw:
     * the listener learns of a failure.
     */
    void open(String token);

    /**
     * Sends one encoded SessionRequest, whole. The next one may be sent, and the frame's memory be
     * used again, when the result is complete; it fails when the connection is broken, and the
     * listener learns why. Called by one thread at a time, and not before the first frame has been
     * received.
     */
    CompletableFuture<?> send(ByteBuffer frame);

    /**
     * Tells the peer that the client has finished, after what has been sent. The listener is told
     * of the end when the peer has closed, too; that may take as long as the peer takes.
     */
    void close();

    /** Cuts the connection, or the attempt to make it. Any thread may do so, again and again. */
    void abort();

    /** Learns what happens to a connection. Its methods are called one at a time. */
    interface Listener {
        /**
         * An encoded SessionResponse came: the first bytes of an array, which are valid until this
         * returns.
         */
        void received(byte[] frame, int length);

        /**
         * The connection is over, or did not come about. Nothing comes after it; called at least
         * once unless the connection is aborted. The cause has the catalogue's reason wherever the
         * peer or the network has said one.
         */
        void ended(Fault cause);
    }
}

package com.fastpubsub.internal.session;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.receipt.Receipt;
import com.fastpubsub.internal.registry.Route;
import com.fastpubsub.internal.registry.Telling;
import org.jspecify.annotations.Nullable;

/** The record of a command that has been sent and not answered. */
sealed interface SentCommand {
    /** Completes with the answer; null: nobody waits. */
    @Nullable Receipt receipt();

    /**
     * Subscribe.
     *
     * @param connecting it is part of connecting; otherwise it is the application's wish
     */
    record Subscribe(@Nullable Receipt receipt, Telling telling, boolean connecting)
            implements SentCommand {}

    /** Unsubscribe because the application wants no more. */
    record Unsubscribe(@Nullable Receipt receipt, Route route) implements SentCommand {}

    /** Unsubscribe before the connection is given up. */
    record Retire(Receipt receipt, Route route) implements SentCommand {}

    /** A fresh token. */
    record Authenticate(Receipt receipt) implements SentCommand {}

    /** A ping, sent at a time of the scheduler. */
    record Ping(@Nullable Receipt receipt, long sentAt) implements SentCommand {}

    /** Completes the receipt, if somebody waits. */
    default void complete(@Nullable Fault outcome) {
        Receipt waiting = receipt();
        if (waiting != null) {
            waiting.complete(outcome);
        }
    }

    /**
     * Says what becomes of the command when the connection ends before the answer: one that was to
     * end a subscription has ended it with the connection, and the rest has failed. (A subscribe is
     * sent again over the next connection.)
     */
    default void abandon(@Nullable Fault cause) {
        boolean hasEnded = this instanceof Unsubscribe || this instanceof Retire;
        complete(hasEnded ? null : lost(cause));
    }

    /** The fault of a command whose outcome is unknown. */
    static Fault lost(@Nullable Fault cause) {
        String text = "the connection ended before the server had answered; the outcome is unknown";
        return Fault.of(Reason.CONNECTION_LOST, cause == null ? text : text + ": " + cause);
    }
}

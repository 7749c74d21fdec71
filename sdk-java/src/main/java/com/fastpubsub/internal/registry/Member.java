package com.fastpubsub.internal.registry;

import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.inbox.Inbox;
import com.fastpubsub.internal.receipt.Receipt;

/** One local subscription. */
public final class Member {
    private final Route route;
    private final Inbox inbox;
    private final Receipt ready = new Receipt();

    Member(Route route, Inbox inbox) {
        this.route = route;
        this.inbox = inbox;
    }

    /** The pattern of the subscription. */
    public Route route() {
        return route;
    }

    /** Completes when a connection has acknowledged the pattern. */
    public Receipt ready() {
        return ready;
    }

    Inbox inbox() {
        return inbox;
    }

    void end(Fault cause, boolean quietly) {
        ready.complete(cause);
        if (quietly) {
            inbox.close();
        } else {
            inbox.end(cause);
        }
    }
}

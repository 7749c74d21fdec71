package com.fastpubsub.internal.outbox;

import com.fastpubsub.internal.receipt.Receipt;

/** The receipt of a queued publish. */
public final class Ticket extends Receipt {
    /** The deadline of who has none. */
    public static final long NEVER = Long.MAX_VALUE;

    private final int size;
    private final long deadline;
    boolean sent; // it has left the queue; guarded by the outbox

    Ticket(int size, long deadline) {
        this.size = size;
        this.deadline = deadline;
    }

    /** How many encoded bytes the message has. */
    int size() {
        return size;
    }

    /** When the caller stops to wait: a time of the scheduler, or {@link #NEVER}. */
    public long deadline() {
        return deadline;
    }
}

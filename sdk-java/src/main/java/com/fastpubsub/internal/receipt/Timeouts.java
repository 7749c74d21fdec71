package com.fastpubsub.internal.receipt;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.time.Scheduler;

/** Bounds the waiting for a receipt. */
public final class Timeouts {
    private Timeouts() {}

    /**
     * A receipt that completes with another one, or with TIMED_OUT when the time is up; the command
     * goes on then.
     *
     * @param text what was given up, for people
     */
    public static Receipt limit(Receipt receipt, Scheduler scheduler, long nanos, String text) {
        Receipt limited = new Receipt();
        Scheduler.Timer timer =
                scheduler.schedule(nanos, () -> limited.complete(Fault.of(Reason.TIMED_OUT, text)));
        receipt.whenComplete(
                outcome -> {
                    timer.cancel();
                    limited.complete(outcome);
                });
        return limited;
    }
}

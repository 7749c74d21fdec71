package com.fastpubsub.internal.credential;

import java.util.concurrent.TimeUnit;

/**
 * When to ask for the next token, in nanoseconds.
 *
 * @param first how long to wait before the first try
 * @param again how long to wait after a try that failed
 */
public record RenewalSchedule(long first, long again) {
    /**
     * How long before its expiry a token is renewed, or a third of what is left if that is less.
     */
    private static final long LEAD = TimeUnit.MINUTES.toNanos(1);

    /** How often that is tried within the lead. */
    private static final int TRIES = 6;

    private static final long MIN_WAIT = TimeUnit.MILLISECONDS.toNanos(100);

    /** Plans the renewal of a token that expires after so many nanoseconds. */
    public static RenewalSchedule of(long left) {
        long lead = Math.min(LEAD, left / 3);
        return new RenewalSchedule(
                Math.max(left - lead, MIN_WAIT), Math.max(lead / TRIES, MIN_WAIT));
    }
}

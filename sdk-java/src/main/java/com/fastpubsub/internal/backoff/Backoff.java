package com.fastpubsub.internal.backoff;

import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait before the next attempt to connect: exponential with full jitter, so that the
 * clients of a server that comes back do not come back all at once (SDK-7). For one thread.
 */
public final class Backoff {
    private final long minNanos;
    private final long maxNanos;
    private int failures;

    /**
     * Starts without a failure.
     *
     * @param minNanos the longest wait after the first failure
     * @param maxNanos the longest wait ever
     */
    public Backoff(long minNanos, long maxNanos) {
        this.minNanos = minNanos;
        this.maxNanos = maxNanos;
    }

    /** The longest wait after so many failures: the first one's, doubled for each further one. */
    public long ceiling(int failureCount) {
        long ceiling = minNanos;
        for (int i = 1; i < failureCount; i++) {
            if (ceiling >= maxNanos / 2) {
                return maxNanos;
            }
            ceiling *= 2;
        }
        return Math.min(ceiling, maxNanos);
    }

    /** Counts a failure and gives a random wait between 0 and the ceiling, in nanoseconds. */
    public long next() {
        failures++;
        return ThreadLocalRandom.current().nextLong(ceiling(failures) + 1);
    }

    /** How many failures there have been since the last reset. */
    public int failures() {
        return failures;
    }

    /** Forgets the failures. */
    public void reset() {
        failures = 0;
    }
}

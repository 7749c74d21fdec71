package com.fastpubsub.internal.time;

import java.time.Instant;

/**
 * Time, and the one thread on which a client decides. Its tasks run one after the other, in the
 * order in which they came, and never block. All methods may be called by any thread.
 */
public interface Scheduler {
    /** Runs a task soon. False: the scheduler has ended, and the task never runs. */
    boolean execute(Runnable task);

    /** Runs a task after a delay in nanoseconds. */
    Timer schedule(long delayNanos, Runnable task);

    /** A time that only goes forward, in nanoseconds since some moment. */
    long nanoTime();

    /** The time of day. */
    Instant now();

    /** A task that has been scheduled. */
    @FunctionalInterface
    interface Timer {
        /** Makes the task not run, unless it is running or has run. */
        void cancel();
    }
}

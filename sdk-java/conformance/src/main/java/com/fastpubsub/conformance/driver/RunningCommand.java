package com.fastpubsub.conformance.driver;

import java.util.concurrent.CompletableFuture;

/** A command that has begun, and the call of the library that it waits for. */
final class RunningCommand {
    private Runnable giveUp = () -> {}; // guarded by this, as below
    private boolean givenUp;

    /** Says what it waits for from now on; one that has been given up gives that up at once. */
    <T> CompletableFuture<T> waitsFor(CompletableFuture<T> call) {
        waits(() -> call.cancel(true));
        return call;
    }

    /** Says how to give up what it waits for from now on. */
    void waits(Runnable toGiveUp) {
        synchronized (this) {
            giveUp = toGiveUp;
            if (!givenUp) {
                return;
            }
        }
        toGiveUp.run();
    }

    /** Gives it up, the way an application does: its future is cancelled. */
    void giveUp() {
        Runnable toGiveUp;
        synchronized (this) {
            givenUp = true;
            toGiveUp = giveUp;
        }
        toGiveUp.run();
    }
}

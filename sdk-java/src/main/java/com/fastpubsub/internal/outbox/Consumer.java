package com.fastpubsub.internal.outbox;

/** The writer of one connection. */
@FunctionalInterface
public interface Consumer {
    /**
     * Says that the consumer should look again for something to take. Called by any thread, with
     * locks held: it must only take note.
     */
    void signal();
}

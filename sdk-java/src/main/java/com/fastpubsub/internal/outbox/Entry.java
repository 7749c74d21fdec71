package com.fastpubsub.internal.outbox;

import org.jspecify.annotations.Nullable;

/** One thing to send. */
sealed interface Entry permits Entry.Publish, Command {
    /**
     * A message.
     *
     * @param encoded as PublishEncoder made it
     * @param id 0: no acknowledgement is wanted
     * @param ticket null: nobody waits
     */
    record Publish(byte[] encoded, long id, @Nullable Ticket ticket) implements Entry {
        boolean isAcknowledged() {
            return id != 0;
        }

        /** Whether the caller has given the publish up. */
        boolean isWithdrawn() {
            return ticket != null && ticket.isComplete();
        }
    }
}

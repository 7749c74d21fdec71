package com.fastpubsub.internal.outbox;

import com.fastpubsub.internal.receipt.Receipt;
import com.fastpubsub.internal.registry.Route;
import org.jspecify.annotations.Nullable;

/**
 * What is queued beside publishes: a route to sync, or, without one, a ping.
 *
 * @param route the route to compare with what the connection has been told
 * @param receipt completes when the server knows; null: nobody waits
 */
public record Command(@Nullable Route route, @Nullable Receipt receipt) implements Entry {}

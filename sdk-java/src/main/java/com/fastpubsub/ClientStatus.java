package com.fastpubsub;

import org.jspecify.annotations.Nullable;

/**
 * A state with its cause.
 *
 * @param state the state
 * @param cause why the client is not connected; null while it is, before the first attempt has
 *     failed, and when the application closed the client
 */
public record ClientStatus(ClientState state, @Nullable FastPubSubException cause) {}

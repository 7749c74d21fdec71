package com.fastpubsub.internal.supervisor;

import com.fastpubsub.internal.fault.Fault;
import org.jspecify.annotations.Nullable;

/**
 * A state with its cause.
 *
 * @param state the state
 * @param cause why the client is not connected: of RECONNECTING and CLOSED, and of CONNECTING after
 *     a failed attempt; null when the application closed the client
 */
public record Status(State state, @Nullable Fault cause) {}

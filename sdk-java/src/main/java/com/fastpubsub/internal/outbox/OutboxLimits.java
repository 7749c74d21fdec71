package com.fastpubsub.internal.outbox;

/**
 * Bounds the outbox.
 *
 * @param messages how many publishes are queued or wait for their acknowledgement
 * @param bytes how many encoded bytes are queued; one publish always has room
 */
public record OutboxLimits(int messages, int bytes) {}

package com.fastpubsub.internal.inbox;

/**
 * Bounds a buffer. One message always has room, however long it is.
 *
 * @param messages how many messages
 * @param bytes how many bytes of payloads
 */
public record InboxLimits(int messages, int bytes) {}

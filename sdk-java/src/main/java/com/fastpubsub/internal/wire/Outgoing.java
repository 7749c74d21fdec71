package com.fastpubsub.internal.wire;

/**
 * One message to publish.
 *
 * @param tenant its name, already checked
 * @param channel its name, already checked
 * @param payload is copied when the message is encoded
 * @param mode the number of a DeliveryMode of the contract; 0 is broadcast, too
 */
public record Outgoing(String tenant, String channel, byte[] payload, int mode) {}

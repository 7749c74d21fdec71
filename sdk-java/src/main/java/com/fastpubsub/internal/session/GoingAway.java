package com.fastpubsub.internal.session;

/**
 * The server asks the client to move.
 *
 * @param reason the catalogue's reason
 * @param text for people
 * @param until when the server closes the connection: a time of the scheduler
 */
public record GoingAway(String reason, String text, long until) {}

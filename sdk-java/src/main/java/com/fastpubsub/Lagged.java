package com.fastpubsub;

/**
 * Messages were lost here, because they came faster than they were read. The subscription goes on.
 *
 * @param missed how many were lost, at least 1
 * @param atServer false: the buffer of this subscription was full, and {@code missed} is exact.
 *     True: the server dropped them, for the whole connection; how many of them this subscription
 *     would have got is unknown
 */
public record Lagged(long missed, boolean atServer) implements Event {}

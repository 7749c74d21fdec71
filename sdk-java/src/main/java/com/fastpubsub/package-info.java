/**
 * The client of FastPubSub: publish and subscribe with the lowest delay, over WebSocket or gRPC.
 *
 * <p>{@link com.fastpubsub.FastPubSub} connects and gives a {@link
 * com.fastpubsub.FastPubSubClient}, which publishes, subscribes, and keeps itself connected. {@link
 * com.fastpubsub.TokenClient} administers access tokens. Every failure is a {@link
 * com.fastpubsub.FastPubSubException} with a {@link com.fastpubsub.Reason}.
 */
@NullMarked
package com.fastpubsub;

import org.jspecify.annotations.NullMarked;

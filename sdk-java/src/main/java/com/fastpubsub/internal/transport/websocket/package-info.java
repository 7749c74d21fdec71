/** Session frames over a WebSocket with the subprotocol fastpubsub.v1. */
@NullMarked
package com.fastpubsub.internal.transport.websocket;

import org.jspecify.annotations.NullMarked;

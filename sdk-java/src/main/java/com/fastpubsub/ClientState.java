package com.fastpubsub;

/** Where a client is in its life. */
public enum ClientState {
    /** It has never been connected. */
    CONNECTING,
    /** It is connected, and every subscription is acknowledged. */
    CONNECTED,
    /** The connection was lost; the client makes another one. */
    RECONNECTING,
    /** It has ended. */
    CLOSED
}

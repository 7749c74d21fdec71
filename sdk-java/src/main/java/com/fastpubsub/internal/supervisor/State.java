package com.fastpubsub.internal.supervisor;

/** Where a client is in its life (SDK-10). */
public enum State {
    /** It has never been connected. */
    CONNECTING,
    /** There is a session that has everything. */
    CONNECTED,
    /** The session was lost. */
    RECONNECTING,
    /** It has ended. */
    CLOSED
}

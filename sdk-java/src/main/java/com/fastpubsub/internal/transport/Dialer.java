package com.fastpubsub.internal.transport;

/** Makes connections to one server address. */
@FunctionalInterface
public interface Dialer {
    /** Makes a connection that has not been opened yet. Neither blocks nor throws. */
    Conn prepare(Conn.Listener listener);
}

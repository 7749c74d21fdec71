package com.fastpubsub.internal.transport;

/** A dialer that holds something of the platform. */
public interface ClosableDialer extends Dialer, AutoCloseable {
    /** Lets go of it and waits until that is done. Its connections have ended. */
    @Override
    void close();
}

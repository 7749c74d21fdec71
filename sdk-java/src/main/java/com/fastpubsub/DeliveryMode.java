package com.fastpubsub;

/** To whom a message goes. */
public enum DeliveryMode {
    /** To every connection with a matching subscription. */
    BROADCAST,
    /**
     * To exactly one connection of the whole cluster: one on the publisher's own server if there is
     * one.
     */
    ONE_LOW_LATENCY,
    /** To exactly one connection of the whole cluster, chosen at random. */
    ONE_RANDOM
}

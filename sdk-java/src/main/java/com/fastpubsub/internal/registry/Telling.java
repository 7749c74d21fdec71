package com.fastpubsub.internal.registry;

/** One subscribe that one connection has sent. */
public final class Telling {
    private final Route route;
    boolean acknowledged; // guarded by the registry

    Telling(Route route) {
        this.route = route;
    }

    /** What was subscribed to. */
    public Route route() {
        return route;
    }
}

package com.fastpubsub.internal.registry;

import com.fastpubsub.internal.fault.Fault;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one connection has been told. Being told counts from the moment of sending: the server
 * handles commands in order.
 */
public final class Ledger {
    private final Registry registry;
    private final Map<Route, Telling> told = new HashMap<>(); // guarded by registry.lock, as below
    private boolean closed;

    Ledger(Registry registry) {
        this.registry = registry;
    }

    /** What a connection must send to match the application's wish. */
    public sealed interface Action permits Nothing, Subscribe, Unsubscribe {}

    /** Nothing is to be sent. */
    public record Nothing() implements Action {}

    /**
     * Subscribe to the route.
     *
     * @param telling what has been noted
     */
    public record Subscribe(Telling telling) implements Action {}

    /** Unsubscribe from the route. */
    public record Unsubscribe() implements Action {}

    /** Says what to send for a route now, and notes it as sent. */
    public Action sync(Route route) {
        synchronized (registry.lock) {
            if (closed || route.isWanted() == told.containsKey(route)) {
                return new Nothing();
            }
            if (route.isWanted()) {
                return new Subscribe(tell(route));
            }
            untell(route);
            return new Unsubscribe();
        }
    }

    /** A subscribe for every route that is wanted and not told, noted as sent. */
    public List<Telling> missing() {
        synchronized (registry.lock) {
            List<Telling> missing = new ArrayList<>();
            if (closed) {
                return missing;
            }
            for (Route route : registry.routes.values()) {
                if (route.isWanted() && !told.containsKey(route)) {
                    missing.add(tell(route));
                }
            }
            return missing;
        }
    }

    /** Every route that this connection has been told of. */
    public List<Route> told() {
        synchronized (registry.lock) {
            return List.copyOf(told.keySet());
        }
    }

    /**
     * Notes that the server has acknowledged a subscribe: the route's local subscriptions are
     * ready. A telling that an unsubscribe has followed does not count.
     */
    public void acknowledged(Telling telling) {
        synchronized (registry.lock) {
            Route route = telling.route();
            if (told.get(route) == telling && !telling.acknowledged) {
                telling.acknowledged = true;
                route.acknowledged();
            }
        }
    }

    /** Notes that the server refused a subscribe: the route's local subscriptions end. */
    public void refused(Telling telling, Fault cause) {
        synchronized (registry.lock) {
            if (told.get(telling.route()) == telling) {
                end(telling.route(), cause);
            }
        }
    }

    /** Notes that the server ended a subscription: the route's local subscriptions end. */
    public void ended(Route route, Fault cause) {
        synchronized (registry.lock) {
            if (told.containsKey(route)) {
                end(route, cause);
            }
        }
    }

    /** Says that the connection is gone. */
    public void close() {
        synchronized (registry.lock) {
            closed = true;
            for (Route route : List.copyOf(told.keySet())) {
                untell(route);
            }
        }
    }

    private void end(Route route, Fault cause) {
        route.end(cause, false);
        untell(route);
    }

    private Telling tell(Route route) {
        Telling telling = new Telling(route);
        told.put(route, telling);
        route.told++;
        return telling;
    }

    private void untell(Route route) {
        Telling telling = told.remove(route);
        if (telling != null && telling.acknowledged) {
            route.live--;
        }
        route.told--;
        registry.forget(route);
    }
}

package com.fastpubsub.internal.registry;

import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.fault.FaultException;
import com.fastpubsub.internal.inbox.Inbox;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The patterns of one client. The application joins and leaves patterns; a connection compares, at
 * the moment when it can send, what is wanted with what it has sent ({@link Ledger#sync}). So
 * however calls and connections interleave, the newest wish wins, and after a reconnect everything
 * is simply missing. All methods of the types in this package may be called concurrently.
 */
public final class Registry {
    final Object lock = new Object();
    final Map<Route.Key, Route> routes = new HashMap<>(); // guarded by lock, as below
    private @Nullable Fault ended;

    /** Makes an empty registry. */
    public Registry() {}

    /** Starts the ledger of a new connection, which has been told nothing. */
    public Ledger open() {
        return new Ledger(this);
    }

    /**
     * Adds a local subscription. Throws when the registry has ended. The caller then asks for a
     * sync of the member's route.
     */
    public Member join(String tenant, String pattern, Inbox inbox) {
        synchronized (lock) {
            if (ended != null) {
                throw new FaultException(ended);
            }
            Route route =
                    routes.computeIfAbsent(
                            new Route.Key(tenant, pattern), key -> new Route(tenant, pattern));
            Member member = new Member(route, inbox);
            route.join(member);
            if (route.live > 0) {
                member.ready().complete(null);
            }
            return member;
        }
    }

    /**
     * Removes a local subscription; again changes nothing. True: it was the last one of its route,
     * and the caller then asks for a sync.
     */
    public boolean leave(Member member) {
        synchronized (lock) {
            Route route = member.route();
            boolean wanted = route.isWanted();
            route.leave(member);
            forget(route);
            return wanted && !route.isWanted();
        }
    }

    /**
     * Like leave, but the local subscription goes on to get deliveries until leave removes it.
     * False, too, when there is no connection that would have to be told.
     */
    public boolean depart(Member member) {
        synchronized (lock) {
            Route route = member.route();
            if (!route.has(member)) {
                return false;
            }
            route.depart(member);
            return !route.isWanted() && route.told > 0;
        }
    }

    /**
     * Ends every local subscription, now and in the future: with the cause, or quietly when the
     * application itself has closed the client.
     */
    public void end(Fault cause, boolean quietly) {
        synchronized (lock) {
            if (ended != null) {
                return;
            }
            ended = cause;
            for (Route route : new ArrayList<>(routes.values())) {
                route.end(cause, quietly);
                forget(route);
            }
        }
    }

    /** Drops a route that is neither wanted nor known to a connection. */
    void forget(Route route) {
        if (route.isForgettable()) {
            routes.remove(route.key(), route);
        }
    }
}

package com.fastpubsub.internal.dispatch;

import com.fastpubsub.internal.registry.Route;
import com.fastpubsub.internal.wire.DeliveryBatch;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The deliveries of one connection. They come from one thread at a time. */
public final class Feed {
    private final Dispatcher dispatcher;
    private final HandleTable routes = new HandleTable(); // guarded by the dispatcher, as below
    private final Map<Route, Long> handles = new HashMap<>();
    boolean finished;

    Feed(Dispatcher dispatcher) {
        this.dispatcher = dispatcher;
    }

    /** Says that the server gives a handle to a route. */
    public void bind(long handle, Route route) {
        dispatcher.locked(
                () -> {
                    routes.put(handle, route);
                    handles.put(route, handle);
                });
    }

    /** Says that the connection is not subscribed to a route any more. */
    public void unbind(Route route) {
        dispatcher.locked(
                () -> {
                    Long handle = handles.remove(route);
                    if (handle != null) {
                        routes.remove(handle);
                    }
                });
    }

    /** The route that a handle stands for. */
    public @Nullable Route route(long handle) {
        return dispatcher.lockedGet(() -> routes.get(handle));
    }

    /**
     * Brings the deliveries of one frame to the subscriptions. It never waits for the application.
     * A follower that has brought very much more than the leader waits until the leader has caught
     * up or finished.
     */
    public void deliver(DeliveryBatch batch) {
        dispatcher.deliver(this, batch);
    }

    /** Says that the server dropped messages of this connection. */
    public void lost(long messages) {
        dispatcher.locked(
                () ->
                        handles.keySet()
                                .forEach(
                                        route -> {
                                            for (var inbox : route.inboxes()) {
                                                inbox.pushLost(messages);
                                            }
                                        }));
    }

    /**
     * Says that nothing comes from this feed any more; again changes nothing. When the leader
     * finishes, what was held back is released and the follower leads.
     */
    public void finish() {
        dispatcher.finish(this);
    }

    @Nullable Route routeOf(long handle) {
        return routes.get(handle);
    }

    boolean has(Route route) {
        return handles.containsKey(route);
    }

    Set<Route> bound() {
        return handles.keySet();
    }
}

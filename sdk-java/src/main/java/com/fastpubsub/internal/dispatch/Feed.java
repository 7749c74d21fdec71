package com.fastpubsub.internal.dispatch;

import com.fastpubsub.internal.registry.Route;
import com.fastpubsub.internal.wire.DeliveryBatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The deliveries of one connection. They come from one thread at a time. */
public final class Feed {
    private final Dispatcher dispatcher;
    private final HandleTable routes = new HandleTable(); // guarded by the dispatcher, as below
    private final Map<Route, Long> handles = new HashMap<>();
    boolean finished;

    private long[] lastHandles = new long[4]; // see brings
    private int lastCount;
    private Route @Nullable [] lastRoutes;

    Feed(Dispatcher dispatcher) {
        this.dispatcher = dispatcher;
    }

    /** Says that the server gives a handle to a route. */
    public void bind(long handle, Route route) {
        dispatcher.locked(
                () -> {
                    routes.put(handle, route);
                    handles.put(route, handle);
                    lastRoutes = null;
                });
    }

    /** Says that the connection is not subscribed to a route any more. */
    public void unbind(Route route) {
        dispatcher.locked(
                () -> {
                    Long handle = handles.remove(route);
                    if (handle != null) {
                        routes.remove(handle);
                        lastRoutes = null;
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

    /**
     * The routes that the handles of a delivery stand for. Deliveries in a row mostly have the same
     * ones, so the answer is kept; it must not be changed.
     */
    Route[] brings(DeliveryBatch batch, int index) {
        int first = batch.firstHandle(index);
        int count = batch.endOfHandles(index) - first;
        if (count == 1) {
            Route route = routes.get(batch.handle(first));
            return route == null ? Routes.NONE : route.alone();
        }
        Route[] known = lastRoutes;
        if (known != null && count == lastCount && isLast(batch, first)) {
            return known;
        }
        if (count > lastHandles.length) {
            lastHandles = new long[count];
        }
        List<Route> found = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            lastHandles[i] = batch.handle(first + i);
            Route route = routes.get(lastHandles[i]);
            if (route != null) {
                found.add(route);
            }
        }
        lastCount = count;
        lastRoutes = found.toArray(Route[]::new);
        return lastRoutes;
    }

    private boolean isLast(DeliveryBatch batch, int first) {
        for (int i = 0; i < lastCount; i++) {
            if (lastHandles[i] != batch.handle(first + i)) {
                return false;
            }
        }
        return true;
    }

    boolean has(Route route) {
        return handles.containsKey(route);
    }
}

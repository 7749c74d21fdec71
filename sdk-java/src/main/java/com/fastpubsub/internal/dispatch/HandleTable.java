package com.fastpubsub.internal.dispatch;

import com.fastpubsub.internal.registry.Route;
import org.jspecify.annotations.Nullable;

/**
 * A map from pattern handles to routes that looks up without an object for the handle: open
 * addressing with linear probing. Not for concurrent use.
 */
final class HandleTable {
    private static final int FIRST_CAPACITY = 16;
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private long[] handles = new long[FIRST_CAPACITY];
    private @Nullable Route[] routes = new @Nullable Route[FIRST_CAPACITY];
    private int size;

    @Nullable Route get(long handle) {
        int mask = handles.length - 1;
        for (int i = slot(handle, mask); ; i = i + 1 & mask) {
            Route route = routes[i];
            if (route == null || handles[i] == handle) {
                return route;
            }
        }
    }

    void put(long handle, Route route) {
        if (2 * (size + 1) > handles.length) {
            grow();
        }
        int mask = handles.length - 1;
        int i = slot(handle, mask);
        while (routes[i] != null && handles[i] != handle) {
            i = i + 1 & mask;
        }
        if (routes[i] == null) {
            size++;
        }
        handles[i] = handle;
        routes[i] = route;
    }

    void remove(long handle) {
        int mask = handles.length - 1;
        int i = slot(handle, mask);
        while (routes[i] != null && handles[i] != handle) {
            i = i + 1 & mask;
        }
        if (routes[i] == null) {
            return;
        }
        routes[i] = null;
        size--;
        // What stands behind may have been pushed there by the removed one.
        for (i = i + 1 & mask; routes[i] != null; i = i + 1 & mask) {
            Route moved = routes[i];
            routes[i] = null;
            size--;
            put(handles[i], moved);
        }
    }

    int size() {
        return size;
    }

    private void grow() {
        long[] oldHandles = handles;
        @Nullable Route[] oldRoutes = routes;
        handles = new long[2 * oldHandles.length];
        routes = new @Nullable Route[handles.length];
        size = 0;
        for (int i = 0; i < oldHandles.length; i++) {
            Route route = oldRoutes[i];
            if (route != null) {
                put(oldHandles[i], route);
            }
        }
    }

    private static int slot(long handle, int mask) {
        return (int) (handle * SPREAD >>> 32) & mask;
    }
}

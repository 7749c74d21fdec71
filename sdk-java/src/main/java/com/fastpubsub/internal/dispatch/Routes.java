package com.fastpubsub.internal.dispatch;

import com.fastpubsub.internal.registry.Route;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Small sets of routes, as arrays that are never changed. */
final class Routes {
    /** No route. */
    static final Route[] NONE = {};

    private Routes() {}

    static boolean contain(Route[] routes, Route wanted) {
        for (Route route : routes) {
            if (route == wanted) {
                return true;
            }
        }
        return false;
    }

    /** Both, each once; one of them itself where that is enough. */
    static Route[] union(Route @Nullable [] first, Route[] second) {
        if (first == null || first.length == 0) {
            return second;
        }
        Route[] joined = first;
        for (Route route : second) {
            if (!contain(joined, route)) {
                joined = Arrays.copyOf(joined, joined.length + 1);
                joined[joined.length - 1] = route;
            }
        }
        return joined;
    }
}

package com.fastpubsub.internal.dispatch;

import com.fastpubsub.Message;
import com.fastpubsub.MessageId;
import com.fastpubsub.internal.registry.Route;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a follower has brought and the leader has not, in order. Mostly the oldest is dropped,
 * because both bring the same.
 */
final class Held {
    /** How much is held back at most: as much as a server queues for one connection by default. */
    private static final int MAX_MESSAGES = 65_536;

    private static final long MAX_BYTES = 8 << 20;

    private final Set<Entry> order = new LinkedHashSet<>();
    private final Map<MessageId, List<Entry>> entries = new HashMap<>();
    private long bytes;

    /**
     * One message for some routes. A message has more than one entry when a follower has gone, and
     * the next one brings it for more routes: each route has its messages in the order of the
     * follower that brought them.
     */
    static final class Entry {
        private final Message message;
        private final List<Route> routes;

        private Entry(Message message, List<Route> routes) {
            this.message = message;
            this.routes = routes;
        }

        Message message() {
            return message;
        }

        List<Route> routes() {
            return routes;
        }
    }

    boolean isEmpty() {
        return order.isEmpty();
    }

    boolean isFull() {
        return order.size() >= MAX_MESSAGES || bytes >= MAX_BYTES;
    }

    /**
     * Holds a message back, after those that are held already, for the routes for which it is not
     * held yet.
     */
    void add(Message message, List<Route> routes) {
        List<Entry> known = entries.computeIfAbsent(message.id(), id -> new ArrayList<>(1));
        List<Route> added = new ArrayList<>(routes);
        known.forEach(entry -> added.removeAll(entry.routes));
        if (!added.isEmpty()) {
            Entry entry = new Entry(message, added);
            known.add(entry);
            order.add(entry);
            bytes += message.payloadSize();
        }
    }

    /** Forgets a message for some routes, which have got it. */
    void drop(MessageId id, Route[] routes) {
        List<Entry> known = entries.get(id);
        if (known == null) {
            return;
        }
        known.removeIf(entry -> drop(entry, routes));
        if (known.isEmpty()) {
            entries.remove(id);
        }
    }

    private boolean drop(Entry entry, Route[] routes) {
        entry.routes.removeAll(List.of(routes));
        if (!entry.routes.isEmpty()) {
            return false;
        }
        order.remove(entry);
        bytes -= entry.message.payloadSize();
        return true;
    }

    /** Empties the store and gives what was in it, in order. */
    List<Entry> takeAll() {
        List<Entry> all = new ArrayList<>(order);
        order.clear();
        entries.clear();
        bytes = 0;
        return all;
    }
}

package com.fastpubsub.internal.dispatch;

import com.fastpubsub.Message;
import com.fastpubsub.MessageId;
import com.fastpubsub.internal.registry.Route;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a follower has brought and the leader has not, in order. Mostly the oldest is dropped,
 * because both bring the same.
 */
final class Held {
    /** How much is held back at most: as much as a server queues for one connection by default. */
    private static final int MAX_MESSAGES = 65_536;

    private static final long MAX_BYTES = 8 << 20;

    private final Map<MessageId, Entry> entries = new LinkedHashMap<>();
    private long bytes;

    record Entry(Message message, List<Route> routes) {}

    boolean isEmpty() {
        return entries.isEmpty();
    }

    boolean isFull() {
        return entries.size() >= MAX_MESSAGES || bytes >= MAX_BYTES;
    }

    /**
     * Holds a message back, after those that are held already. One that is held already, from a
     * follower that has gone, is not added again.
     */
    void add(Message message, List<Route> routes) {
        if (entries.putIfAbsent(message.id(), new Entry(message, routes)) == null) {
            bytes += message.payloadSize();
        }
    }

    void drop(MessageId id) {
        Entry dropped = entries.remove(id);
        if (dropped != null) {
            bytes -= dropped.message().payloadSize();
        }
    }

    /** Empties the store and gives what was in it, in order. */
    List<Entry> takeAll() {
        List<Entry> all = new ArrayList<>(entries.values());
        entries.clear();
        bytes = 0;
        return all;
    }
}

package com.fastpubsub.internal.dedup;

import com.fastpubsub.MessageId;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The newest ids of messages that have been delivered. While it is armed it can be asked whether it
 * has one. For one thread at a time.
 *
 * <p>An unarmed window costs 64 KiB and two numbers written for each message; it is there so that a
 * window that is armed after a connection broke already knows what came just before. An armed
 * window grows as far as half a second at 500,000 messages a second needs.
 */
public final class Window {
    /** How many ids an unarmed window remembers. */
    static final int UNARMED_SIZE = 1 << 12;

    /** How many ids an armed window remembers. */
    static final int ARMED_SIZE = 1 << 18;

    private long[] origins = new long[UNARMED_SIZE]; // a ring
    private long[] sequences = new long[UNARMED_SIZE];
    private int next;
    private int count;
    private @Nullable Set<MessageId> set; // null: not armed

    /** Makes an empty window that is not armed. */
    public Window() {}

    /** Remembers an id and, when the window is full, forgets the oldest. */
    public void add(long origin, long sequence) {
        if (set != null) {
            if (count == origins.length && count < ARMED_SIZE) {
                resize(2 * count);
            }
            if (count == origins.length) {
                set.remove(new MessageId(origins[next], sequences[next]));
            }
            set.add(new MessageId(origin, sequence));
        }
        origins[next] = origin;
        sequences[next] = sequence;
        next = next + 1 & origins.length - 1;
        count = Math.min(count + 1, origins.length);
    }

    /** Whether the id is remembered; always false while not armed. */
    public boolean contains(long origin, long sequence) {
        return set != null && set.contains(new MessageId(origin, sequence));
    }

    /** Whether the window can be asked. */
    public boolean isArmed() {
        return set != null;
    }

    /** Makes it possible to ask, also for the ids that are remembered already. */
    public void arm() {
        if (set != null) {
            return;
        }
        set = new HashSet<>();
        for (int i = 0; i < count; i++) {
            int at = next - count + i & origins.length - 1;
            set.add(new MessageId(origins[at], sequences[at]));
        }
    }

    /** Ends asking and forgets all but the newest ids. */
    public void disarm() {
        set = null;
        resize(UNARMED_SIZE);
    }

    /** Keeps as many of the newest ids as fit into the new size, a power of two. */
    private void resize(int size) {
        int kept = Math.min(count, size);
        long[] newOrigins = new long[size];
        long[] newSequences = new long[size];
        for (int i = 0; i < kept; i++) {
            int from = next - kept + i & origins.length - 1;
            newOrigins[i] = origins[from];
            newSequences[i] = sequences[from];
        }
        origins = newOrigins;
        sequences = newSequences;
        count = kept;
        next = kept & size - 1;
    }
}

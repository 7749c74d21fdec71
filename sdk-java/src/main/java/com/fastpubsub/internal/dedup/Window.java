package com.fastpubsub.internal.dedup;

import org.jspecify.annotations.Nullable;

/**
 * The newest ids of messages, each with a mark: what is known of its delivery. While the window is
 * armed it can be asked. For one thread at a time.
 *
 * <p>An unarmed window costs some 80 KiB and three values written for each message; it is there so
 * that a window that is armed after a connection broke already knows what came just before. An
 * armed window grows as far as half a second at 500,000 messages a second needs.
 *
 * @param <M> the marks
 */
public final class Window<M> {
    /** How many ids an unarmed window remembers. */
    static final int UNARMED_SIZE = 1 << 12;

    /** How many ids an armed window remembers. */
    static final int ARMED_SIZE = 1 << 18;

    private long[] origins = new long[UNARMED_SIZE]; // a ring
    private long[] sequences = new long[UNARMED_SIZE];
    private @Nullable Object[] marks = new @Nullable Object[UNARMED_SIZE];
    private int next;
    private int count;
    private @Nullable Positions positions; // null: not armed

    /** Makes an empty window that is not armed. */
    public Window() {}

    /**
     * Remembers an id with its mark, or changes the mark of one that can be asked for. When the
     * window is full it forgets the oldest.
     */
    public void put(long origin, long sequence, M mark) {
        if (positions == null) {
            append(origin, sequence, mark);
            return;
        }
        int known = positions.get(origin, sequence);
        if (known >= 0) {
            marks[known] = mark;
            return;
        }
        if (count == origins.length && count < ARMED_SIZE) {
            resize(2 * count);
            positions = indexed();
        }
        if (count == origins.length) {
            positions.remove(next);
        }
        positions.put(append(origin, sequence, mark));
    }

    private int append(long origin, long sequence, M mark) {
        int at = next;
        origins[at] = origin;
        sequences[at] = sequence;
        marks[at] = mark;
        next = at + 1 & origins.length - 1;
        count = Math.min(count + 1, origins.length);
        return at;
    }

    /** The mark of an id; null when it is not remembered, and always while not armed. */
    @SuppressWarnings("unchecked")
    public @Nullable M get(long origin, long sequence) {
        if (positions == null) {
            return null;
        }
        int known = positions.get(origin, sequence);
        return known < 0 ? null : (M) marks[known];
    }

    /** Whether the window can be asked. */
    public boolean isArmed() {
        return positions != null;
    }

    /** Makes it possible to ask, also for the ids that are remembered already. */
    public void arm() {
        if (positions == null) {
            positions = indexed();
        }
    }

    private Positions indexed() {
        Positions all = new Positions(origins, sequences);
        for (int i = 0; i < count; i++) {
            all.put(next - count + i & origins.length - 1);
        }
        return all;
    }

    /** Ends asking and forgets all but the newest ids. */
    public void disarm() {
        positions = null;
        resize(UNARMED_SIZE);
    }

    /** Keeps as many of the newest ids as fit into the new size, a power of two. */
    private void resize(int size) {
        int kept = Math.min(count, size);
        long[] newOrigins = new long[size];
        long[] newSequences = new long[size];
        @Nullable Object[] newMarks = new @Nullable Object[size];
        for (int i = 0; i < kept; i++) {
            int from = next - kept + i & origins.length - 1;
            newOrigins[i] = origins[from];
            newSequences[i] = sequences[from];
            newMarks[i] = marks[from];
        }
        origins = newOrigins;
        sequences = newSequences;
        marks = newMarks;
        count = kept;
        next = kept & size - 1;
    }
}

package com.fastpubsub.internal.dedup;

/**
 * Where in a ring each id stands: a hash table of positions that allocates nothing for an id. Open
 * addressing with linear probing; at most half full. Not for concurrent use.
 */
final class Positions {
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private final long[] origins; // the ring
    private final long[] sequences;
    private final int[] slots; // a position plus one; 0: empty
    private final int mask;

    /** Makes an empty table for a ring whose length is a power of two. */
    Positions(long[] origins, long[] sequences) {
        this.origins = origins;
        this.sequences = sequences;
        this.slots = new int[2 * origins.length];
        this.mask = slots.length - 1;
    }

    /** The position of an id; negative: it has none. */
    int get(long origin, long sequence) {
        return slots[slot(origin, sequence)] - 1;
    }

    /** Says that the id at a position of the ring stands there, and nowhere else. */
    void put(int position) {
        slots[slot(origins[position], sequences[position])] = position + 1;
    }

    /** Forgets the id at a position of the ring, unless it stands elsewhere by now. */
    void remove(int position) {
        int at = slot(origins[position], sequences[position]);
        if (slots[at] != position + 1) {
            return;
        }
        slots[at] = 0;
        // What stands behind may have been pushed there by the removed one.
        for (int i = at + 1 & mask; slots[i] != 0; i = i + 1 & mask) {
            int moved = slots[i];
            slots[i] = 0;
            put(moved - 1);
        }
    }

    /** The slot of an id, or the empty one where it would be. */
    private int slot(long origin, long sequence) {
        long hash = (origin * 31 + sequence) * SPREAD;
        int at = (int) (hash >>> 32) & mask;
        while (slots[at] != 0
                && (sequences[slots[at] - 1] != sequence || origins[slots[at] - 1] != origin)) {
            at = at + 1 & mask;
        }
        return at;
    }
}

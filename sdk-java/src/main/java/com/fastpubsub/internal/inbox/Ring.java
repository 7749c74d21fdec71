package com.fastpubsub.internal.inbox;

import com.fastpubsub.Event;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A queue that grows as needed and gives much memory back when it has become empty. For one thread
 * at a time.
 */
final class Ring {
    /** Up to how many slots an emptied ring keeps for later. */
    private static final int KEPT = 1024;

    private static final int FIRST_SLOTS = 8;

    private @Nullable Event[] slots = new @Nullable Event[FIRST_SLOTS]; // a power of two
    private int head;
    private int count;

    int size() {
        return count;
    }

    void push(Event event) {
        if (count == slots.length) {
            grow();
        }
        slots[head + count & slots.length - 1] = event;
        count++;
    }

    /** Takes the oldest event; there must be one. */
    Event pop() {
        Event oldest = Objects.requireNonNull(slots[head]);
        slots[head] = null;
        head = head + 1 & slots.length - 1;
        count--;
        if (count == 0 && slots.length > KEPT) {
            clear();
        }
        return oldest;
    }

    void clear() {
        slots = new @Nullable Event[FIRST_SLOTS];
        head = 0;
        count = 0;
    }

    private void grow() {
        @Nullable Event[] larger = new @Nullable Event[2 * slots.length];
        int first = slots.length - head;
        System.arraycopy(slots, head, larger, 0, first);
        System.arraycopy(slots, 0, larger, first, head);
        slots = larger;
        head = 0;
    }
}

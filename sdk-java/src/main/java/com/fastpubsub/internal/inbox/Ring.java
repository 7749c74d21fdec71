package com.fastpubsub.internal.inbox;

import com.fastpubsub.Event;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A queue that grows as needed, and gives memory back when it has long needed little of it: not as
 * soon as it is empty, or a busy one would be made anew all the time. For one thread at a time.
 */
final class Ring {
    /** Up to how many slots are kept for good. */
    private static final int KEPT = 1024;

    private static final int FIRST_SLOTS = 8;

    private @Nullable Event[] slots = new @Nullable Event[FIRST_SLOTS]; // a power of two
    private int head;
    private int count;
    private int calm; // how many were taken since the ring was last more than a quarter full

    int size() {
        return count;
    }

    void push(Event event) {
        if (count == slots.length) {
            grow();
        }
        slots[head + count & slots.length - 1] = event;
        count++;
        if (count > slots.length / 4) {
            calm = 0;
        }
    }

    /** Takes the oldest event; there must be one. */
    Event pop() {
        Event oldest = Objects.requireNonNull(slots[head]);
        slots[head] = null;
        head = head + 1 & slots.length - 1;
        count--;
        calm++;
        if (count == 0 && slots.length > KEPT && calm >= slots.length) {
            slots = new @Nullable Event[slots.length / 2];
            head = 0;
            calm = 0;
        }
        return oldest;
    }

    void clear() {
        slots = new @Nullable Event[FIRST_SLOTS];
        head = 0;
        count = 0;
        calm = 0;
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

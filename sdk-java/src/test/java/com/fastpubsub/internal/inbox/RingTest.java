package com.fastpubsub.internal.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fastpubsub.Lagged;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** SDK-11: the queue in a subscription's buffer. */
class RingTest {
    private final Ring ring = new Ring();

    @Test
    void behavesLikeAQueue() {
        Random random = new Random(1);
        Deque<Lagged> model = new ArrayDeque<>();
        long next = 0;
        for (int round = 0; round < 300; round++) {
            for (int i = random.nextInt(8000); i > 0; i--) {
                Lagged event = new Lagged(next++, false);
                ring.push(event);
                model.add(event);
            }
            int left = random.nextInt(3) == 0 ? random.nextInt(model.size() + 1) : 0;
            while (model.size() > left) {
                assertThat(ring.pop()).isSameAs(model.remove());
            }
            assertThat(ring.size()).isEqualTo(model.size());
        }
    }

    /** A queue that is filled and emptied again and again is not made anew. */
    @Test
    void aBusyQueueKeepsItsMemory() {
        Lagged event = new Lagged(1, false);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = 0;
        int rounds = 200;
        for (int round = -rounds; round < rounds; round++) {
            if (round == 0) {
                before = threads.getCurrentThreadAllocatedBytes();
            }
            for (int i = 0; i < 5000; i++) {
                ring.push(event);
            }
            for (int i = 0; i < 5000; i++) {
                ring.pop();
            }
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(allocated / rounds).isLessThan(5000 / 10);
    }
}

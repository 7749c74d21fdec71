package com.fastpubsub.internal.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Real time: one thread, in order, and nothing after the end. */
class LoopSchedulerTest {
    private final List<Object> seen = new ArrayList<>();

    @Test
    void tasksRunOneAfterTheOtherAndAFailureStopsNothing() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        try (LoopScheduler scheduler = new LoopScheduler(Thread::new)) {
            scheduler.schedule(Long.MAX_VALUE / 2, () -> seen.add("never")).cancel();
            scheduler.execute(() -> seen.add(1));
            scheduler.execute(
                    () -> {
                        throw new IllegalStateException("of the test");
                    });
            scheduler.execute(() -> seen.add(2));
            scheduler.schedule(
                    1_000_000,
                    () -> {
                        seen.add(3);
                        done.countDown();
                    });
            done.await();
        }
        assertThat(seen).containsExactly(1, 2, 3);
    }

    @Test
    void afterTheEndNothingRuns() {
        LoopScheduler scheduler = new LoopScheduler(Thread::new);
        scheduler.close();
        scheduler.execute(() -> seen.add(1));
        scheduler.schedule(0, () -> seen.add(2)).cancel();
        assertThat(seen).isEmpty();
    }
}

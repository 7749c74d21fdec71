package com.fastpubsub.internal.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** SDK-10: handlers are told in order, and hold nothing up. */
class NotifierTest {
    private final List<Runnable> work = new ArrayList<>();
    private final List<Object> seen = new ArrayList<>();
    private final Notifier notifier =
            new Notifier(work::add, (thread, thrown) -> seen.add(thrown.getMessage()));

    private void work() {
        work.remove(0).run();
    }

    @Test
    void callsAreMadeInOrderByOneTask() {
        notifier.call(() -> seen.add(1));
        notifier.call(() -> seen.add(2));
        assertThat(work).hasSize(1);
        assertThat(seen).isEmpty();
        work();
        assertThat(seen).containsExactly(1, 2);
        notifier.call(() -> seen.add(3));
        work();
        assertThat(seen).containsExactly(1, 2, 3);
    }

    @Test
    void aHandlerThatThrowsDoesNotStopTheOthers() {
        notifier.call(
                () -> {
                    throw new IllegalStateException("thrown");
                });
        notifier.call(() -> seen.add(2));
        work();
        assertThat(seen).containsExactly("thrown", 2);
    }

    @Test
    void whatWaitsIsBounded() {
        for (int i = 0; i < Notifier.PENDING_LIMIT; i++) {
            assertThat(notifier.call(() -> {})).isTrue();
        }
        assertThat(notifier.call(() -> {})).isFalse();
        work();
        assertThat(notifier.call(() -> {})).isTrue();
    }

    @Test
    void anExecutorThatHasEndedIsNoFailure() {
        Notifier ended =
                new Notifier(
                        task -> {
                            throw new RejectedExecutionException();
                        },
                        (thread, thrown) -> seen.add(thrown));
        assertThat(ended.call(() -> {})).isFalse();
        assertThat(seen).isEmpty();
    }
}

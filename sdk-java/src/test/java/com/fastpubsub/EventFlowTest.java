package com.fastpubsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.inbox.Inbox;
import com.fastpubsub.internal.inbox.InboxLimits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** SDK-4: the rules of java.util.concurrent.Flow. */
class EventFlowTest {
    private final Inbox inbox = new Inbox(new InboxLimits(1000, 1 << 20));
    private final Queue<Runnable> work = new ArrayDeque<>();
    private final List<Object> seen = new ArrayList<>();
    private final Recorder subscriber = new Recorder();
    private final EventFlow flow =
            new EventFlow(
                    inbox,
                    subscriber,
                    this::execute,
                    () -> {
                        seen.add("closed");
                        inbox.close();
                    });

    private final CountDownLatch completed = new CountDownLatch(1);
    private boolean ended;

    private void execute(Runnable task) {
        if (ended) {
            throw new RejectedExecutionException("the client has ended");
        }
        work.add(task);
    }

    private class Recorder implements Flow.Subscriber<Event> {
        Flow.Subscription subscription;
        RuntimeException toThrow;

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            seen.add("subscribed");
        }

        @Override
        public void onNext(Event event) {
            if (toThrow != null) {
                throw toThrow;
            }
            seen.add(((Message) event).id().sequence());
        }

        @Override
        public void onError(Throwable failure) {
            seen.add(failure.getClass().getSimpleName());
        }

        @Override
        public void onComplete() {
            seen.add("complete");
            completed.countDown();
        }
    }

    private void push(int first, int last) {
        for (int i = first; i <= last; i++) {
            inbox.push(new Message("t", "c", 1, i, 0, new byte[0]));
        }
    }

    private List<Object> seen() {
        for (Runnable task = work.poll(); task != null; task = work.poll()) {
            task.run();
        }
        List<Object> all = List.copyOf(seen);
        seen.clear();
        return all;
    }

    @Test
    void nothingComesUnasked() {
        push(1, 3);
        flow.start();
        assertThat(seen()).containsExactly("subscribed");
        subscriber.subscription.request(2);
        assertThat(seen()).containsExactly(1L, 2L);
        subscriber.subscription.request(5);
        assertThat(seen()).containsExactly(3L);
        push(4, 4);
        assertThat(seen()).containsExactly(4L);
    }

    @Test
    void signalsComeOneAtATime() {
        flow.start();
        subscriber.subscription.request(Long.MAX_VALUE);
        subscriber.subscription.request(Long.MAX_VALUE);
        push(1, 600);
        assertThat(work).hasSize(1);
        assertThat(seen()).hasSize(601).endsWith(599L, 600L);
    }

    @Test
    void closingCompletes() {
        flow.start();
        subscriber.subscription.request(1);
        inbox.close();
        assertThat(seen()).containsExactly("subscribed", "complete");
        push(1, 1);
        assertThat(seen()).isEmpty();
    }

    @Test
    void theEndComesBehindWhatIsLeft() {
        push(1, 2);
        inbox.end(Fault.of(Reason.TOKEN_REVOKED, "ended"));
        flow.start();
        subscriber.subscription.request(1);
        assertThat(seen()).containsExactly("subscribed", 1L);
        subscriber.subscription.request(1);
        assertThat(seen()).containsExactly(2L, "FastPubSubException");
    }

    @Test
    void aTurnGoesOnToTheEndWhenTheExecutorTakesNoMore() {
        push(1, 600);
        inbox.endQuietly();
        flow.start();
        subscriber.subscription.request(Long.MAX_VALUE);
        ended = true;
        assertThat(seen()).hasSize(602).endsWith(599L, 600L, "complete");
    }

    @Test
    void whatIsAskedForWhenTheExecutorTakesNoMoreComesAllTheSame() throws InterruptedException {
        push(1, 600);
        inbox.endQuietly();
        flow.start();
        assertThat(seen()).containsExactly("subscribed");
        ended = true;
        subscriber.subscription.request(Long.MAX_VALUE);
        assertThat(completed.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(seen()).hasSize(601).endsWith(600L, "complete");
    }

    @Test
    void cancellingCloses() {
        flow.start();
        subscriber.subscription.request(10);
        push(1, 2);
        subscriber.subscription.cancel();
        subscriber.subscription.cancel();
        assertThat(seen()).containsExactly("subscribed", "closed");
    }

    @Test
    void askingForNothingIsAnError() {
        flow.start();
        subscriber.subscription.request(0);
        assertThat(seen()).containsExactly("subscribed", "closed", "IllegalArgumentException");
    }

    @Test
    void aSubscriberThatThrowsIsCancelled() {
        subscriber.toThrow = new IllegalStateException("thrown");
        flow.start();
        subscriber.subscription.request(1);
        push(1, 1);
        Runnable turn = work.remove();
        assertThatThrownBy(
                        () -> {
                            turn.run();
                            work.remove().run();
                        })
                .isSameAs(subscriber.toThrow);
        assertThat(seen()).containsExactly("subscribed", "closed");
    }
}

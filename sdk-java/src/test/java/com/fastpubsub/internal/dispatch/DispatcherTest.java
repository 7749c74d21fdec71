package com.fastpubsub.internal.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fastpubsub.Event;
import com.fastpubsub.Lagged;
import com.fastpubsub.Message;
import com.fastpubsub.internal.fake.FakeScheduler;
import com.fastpubsub.internal.inbox.Inbox;
import com.fastpubsub.internal.inbox.InboxLimits;
import com.fastpubsub.internal.registry.Registry;
import com.fastpubsub.internal.registry.Route;
import com.fastpubsub.internal.wire.Decoder;
import com.fastpubsub.internal.wire.MalformedFrameException;
import com.fastpubsub.v1.Deliveries;
import com.fastpubsub.v1.Delivery;
import com.fastpubsub.v1.SessionResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** SDK-9: in order and once, also while the client moves. */
class DispatcherTest {
    private final FakeScheduler scheduler = new FakeScheduler();
    private final Dispatcher dispatcher = new Dispatcher(scheduler);
    private final Registry registry = new Registry();
    private final Decoder decoder = new Decoder();
    private final Inbox inbox = inbox();
    private final Route route = registry.join("t", "a", inbox).route();

    private static Inbox inbox() {
        return new Inbox(new InboxLimits(1 << 20, 1 << 30));
    }

    private void deliver(Feed feed, long first, long last, long... handles) {
        Deliveries.Builder deliveries = Deliveries.newBuilder();
        for (long sequence = first; sequence <= last; sequence++) {
            Delivery.Builder delivery =
                    Delivery.newBuilder().setIdOrigin(1).setIdSequence(sequence);
            for (long handle : handles) {
                delivery.addPatternHandles(handle);
            }
            deliveries.addMessages(delivery);
        }
        byte[] frame = SessionResponse.newBuilder().setDeliveries(deliveries).build().toByteArray();
        try {
            Decoder own = new Decoder();
            own.decode(frame, frame.length);
            feed.deliver(own.batch());
        } catch (MalformedFrameException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private Feed open(long handle) {
        Feed feed = dispatcher.open();
        feed.bind(handle, route);
        return feed;
    }

    private static List<Long> drain(Inbox box) {
        List<Long> all = new ArrayList<>();
        for (Event event = box.poll(); event != null; event = box.poll()) {
            all.add(
                    event instanceof Message message
                            ? message.id().sequence()
                            : -((Lagged) event).missed());
        }
        return all;
    }

    @Test
    void aMessageReachesEverySubscriptionThatMatchesOnce() {
        Inbox second = inbox();
        registry.join("t", "a", second);
        Inbox other = inbox();
        Feed feed = open(1);
        feed.bind(2, registry.join("t", "b", other).route());
        deliver(feed, 1, 1, 1, 2);
        deliver(feed, 2, 2, 2, 99);
        assertThat(drain(inbox)).containsExactly(1L);
        assertThat(drain(second)).containsExactly(1L);
        assertThat(drain(other)).containsExactly(1L, 2L);
        assertThat(decoder.batch().size()).isZero();
    }

    @Test
    void whatIsUnboundGetsNothing() {
        Feed feed = open(1);
        assertThat(feed.route(1)).isSameAs(route);
        feed.unbind(route);
        feed.unbind(route);
        deliver(feed, 1, 1, 1);
        assertThat(feed.route(1)).isNull();
        assertThat(drain(inbox)).isEmpty();
    }

    @Test
    void aLossIsToldToEverySubscription() {
        Feed feed = open(1);
        deliver(feed, 1, 1, 1);
        feed.lost(5);
        assertThat(drain(inbox)).containsExactly(1L, -5L);
    }

    @Test
    void theLeaderIsShownUntilItHasFinished() {
        Feed old = open(1);
        deliver(old, 1, 2, 1);
        Feed next = open(10);
        deliver(next, 2, 5, 10);
        assertThat(drain(inbox)).containsExactly(1L, 2L);
        deliver(old, 3, 4, 1);
        assertThat(drain(inbox)).containsExactly(3L, 4L);
        old.finish();
        assertThat(drain(inbox)).as("what was held back").containsExactly(5L);
        deliver(next, 6, 6, 10);
        assertThat(drain(inbox)).containsExactly(6L);
    }

    @Test
    void whatTheFormerLeaderHasBroughtIsNotShownAgain() {
        Feed old = open(1);
        deliver(old, 1, 5, 1);
        Feed next = open(10);
        old.finish();
        deliver(next, 3, 7, 10);
        assertThat(drain(inbox)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
    }

    @Test
    void afterABrokenConnectionNothingIsShownTwice() {
        Feed old = open(1);
        deliver(old, 1, 5, 1);
        old.finish();
        Feed next = open(10);
        deliver(next, 5, 6, 10);
        assertThat(drain(inbox)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    }

    @Test
    void whatTheLeaderDoesNotHaveIsShownAtOnce() {
        Feed old = dispatcher.open();
        Feed next = open(10);
        deliver(next, 1, 2, 10);
        assertThat(drain(inbox)).containsExactly(1L, 2L);
        old.finish();
        deliver(next, 3, 3, 10);
        assertThat(drain(inbox)).containsExactly(3L);
    }

    @Test
    void aFollowerThatGoesLeavesWhatItBroughtUntilTheLeaderFinishes() {
        Feed old = open(1);
        Feed gone = open(10);
        deliver(gone, 1, 2, 10);
        gone.finish();
        Feed next = open(20);
        deliver(next, 2, 3, 20);
        old.finish();
        assertThat(drain(inbox)).containsExactly(1L, 2L, 3L);
    }

    @Test
    void theWindowIsForgottenAfterAWhile() {
        Feed old = open(1);
        deliver(old, 1, 1, 1);
        Feed next = open(10);
        old.finish();
        scheduler.advance(Duration.ofSeconds(31));
        deliver(next, 2, 2, 10);
        deliver(next, 1, 1, 10);
        assertThat(drain(inbox)).containsExactly(1L, 2L, 1L);
    }

    @Test
    void aFeedThatHasFinishedBringsNothing() {
        Feed feed = open(1);
        feed.finish();
        feed.finish();
        deliver(feed, 1, 1, 1);
        assertThat(drain(inbox)).isEmpty();
    }

    @Test
    void aFollowerFarAheadWaitsForTheLeader() throws InterruptedException {
        Feed old = open(1);
        Feed next = open(10);
        deliver(next, 1, 65_536, 10);
        CountDownLatch delivered = new CountDownLatch(1);
        Thread follower =
                new Thread(
                        () -> {
                            deliver(next, 65_537, 65_537, 10);
                            delivered.countDown();
                        });
        follower.start();
        while (follower.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        assertThat(delivered.getCount()).isEqualTo(1);
        deliver(old, 1, 1, 1);
        follower.join();
        old.finish();
        assertThat(drain(inbox)).hasSize(65_537);
    }

    /** The old server ends one subscription after the other; a message comes between two ends. */
    @Test
    void aMessageBetweenTwoEndsReachesBoth() {
        Inbox other = inbox();
        Route second = registry.join("t", "b", other).route();
        Feed old = open(1);
        old.bind(2, second);
        Feed next = open(10);
        next.bind(11, second);
        deliver(old, 1, 1, 1, 2);
        deliver(old, 2, 2, 2); // the first has ended by now
        deliver(next, 1, 3, 10, 11);
        old.finish();
        assertThat(drain(inbox)).containsExactly(1L, 2L, 3L);
        assertThat(drain(other)).containsExactly(1L, 2L, 3L);
    }

    /** The same, when the follower is the faster one. */
    @Test
    void aMessageBetweenTwoEndsThatIsHeldReachesBoth() {
        Inbox other = inbox();
        Route second = registry.join("t", "b", other).route();
        Feed old = open(1);
        old.bind(2, second);
        Feed next = open(10);
        next.bind(11, second);
        deliver(next, 1, 3, 10, 11);
        deliver(old, 1, 1, 1, 2);
        deliver(old, 2, 2, 2);
        old.finish();
        assertThat(drain(inbox)).containsExactly(1L, 2L, 3L);
        assertThat(drain(other)).containsExactly(1L, 2L, 3L);
    }

    /** What only the follower has got a route for is shown at once, and not again. */
    @Test
    void aMessageForOldAndNewRoutesReachesEachOnce() {
        Inbox other = inbox();
        Route fresh = registry.join("t", "b", other).route();
        Feed old = open(1);
        Feed next = open(10);
        next.bind(11, fresh);
        deliver(old, 1, 1, 1);
        deliver(next, 1, 1, 10, 11);
        deliver(next, 2, 2, 11);
        deliver(next, 3, 3, 10, 11);
        assertThat(drain(other)).containsExactly(1L, 2L, 3L);
        deliver(old, 3, 3, 1);
        old.finish();
        assertThat(drain(inbox)).containsExactly(1L, 3L);
        assertThat(drain(other)).isEmpty();
    }

    /** A follower that breaks has held less than its successor brings. */
    @Test
    void aFollowerThatBreaksBeforeItHasEverything() {
        Inbox other = inbox();
        Route second = registry.join("t", "b", other).route();
        Feed old = open(1);
        old.bind(2, second);
        Feed broken = open(10);
        deliver(broken, 4, 4, 10); // it has not got the second one yet
        broken.finish();
        Feed next = open(20);
        next.bind(21, second);
        deliver(next, 3, 4, 20, 21);
        old.finish();
        assertThat(drain(other)).containsExactly(3L, 4L);
        assertThat(drain(inbox)).containsExactlyInAnyOrder(3L, 4L);
    }

    /**
     * Two connections bring the same messages of one publisher, each in order, at speeds of their
     * own. The new one has what comes from somewhere on; on the old one the subscriptions end one
     * after the other, each anywhere after that. Every subscription gets every message once, in
     * order.
     */
    @ParameterizedTest
    @MethodSource("seeds")
    void aMoveKeepsTheOrderHoweverTheConnectionsInterleave(int seed) {
        Random random = new Random(seed);
        int total = 1 + random.nextInt(200);
        int count = 1 + random.nextInt(4);
        List<Inbox> boxes = new ArrayList<>();
        List<Route> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            boxes.add(inbox());
            all.add(registry.join("t", "pattern" + i, boxes.get(i)).route());
        }
        int joined = random.nextInt(total);
        int[] ends = random.ints(count, joined, total + 1).toArray();
        int last = Arrays.stream(ends).max().orElseThrow();
        Feed old = dispatcher.open();
        bind(old, 0, all);
        int oldNext = 0;
        while (oldNext < joined && random.nextInt(10) > 0) {
            deliver(old, oldNext, oldNext, handles(0, ends, oldNext++));
        }
        Feed next = dispatcher.open();
        bind(next, 100, all);
        int newNext = joined;
        boolean finished = false;
        while (!finished || newNext < total) {
            if (!finished && oldNext == last) {
                if (random.nextInt(3) == 0) {
                    old.finish();
                    finished = true;
                }
            } else if (!finished && random.nextBoolean()) {
                deliver(old, oldNext, oldNext, handles(0, ends, oldNext++));
            }
            if (newNext < total && random.nextBoolean()) {
                deliver(next, newNext, newNext, handles(100, new int[count], -1));
                newNext++;
            }
        }
        List<Long> expected = LongStream.range(0, total).boxed().toList();
        for (Inbox box : boxes) {
            assertThat(drain(box)).isEqualTo(expected);
        }
    }

    static IntStream seeds() {
        return IntStream.range(0, 500);
    }

    private static void bind(Feed feed, long firstHandle, List<Route> routes) {
        for (int i = 0; i < routes.size(); i++) {
            feed.bind(firstHandle + i, routes.get(i));
        }
    }

    /** The handles of the subscriptions that have not ended before a message. */
    private static long[] handles(long firstHandle, int[] ends, int message) {
        return IntStream.range(0, ends.length)
                .filter(i -> message < ends[i])
                .mapToLong(i -> firstHandle + i)
                .toArray();
    }
}

package com.fastpubsub.internal.supervisor;

import static com.fastpubsub.internal.supervisor.FakeClient.drain;
import static com.fastpubsub.internal.supervisor.FakeClient.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fake.FakePeer;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.outbox.Ticket;
import com.fastpubsub.v1.SessionRequest.CommandCase;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** SDK-9: make before break. */
class MoveTest {
    private static final Duration DRAIN = Duration.ofSeconds(30);

    private final FakeClient client = new FakeClient();
    private final FakePeer old = client.network.take().serve();
    private final LocalSubscription subscription = client.subscribe("a.#");

    private FakePeer moved() {
        old.goAway(DRAIN);
        client.waitForBackoff();
        return client.network.take();
    }

    @Test
    void theClientStaysConnectedWhileItMoves() {
        FakePeer next = moved().serve();
        client.scheduler.advance(Duration.ofSeconds(5));
        assertThat(client.states).containsExactly("CONNECTING", "CONNECTED");
        assertThat(old.isAborted()).isTrue();
        assertThat(old.isClosed()).isTrue();
        assertThat(next.isAborted()).isFalse();
        assertThat(next.subscribed()).containsExactly("t:a.#");
    }

    @Test
    void everyMessageIsSeenOnceAndInOrder() {
        old.deliver(1, "1", "t:a.#");
        FakePeer next = moved().serve();
        next.deliver(2, "2", "t:a.#");
        next.deliver(3, "3", "t:a.#");
        assertThat(drain(subscription.inbox())).containsExactly("1");
        old.deliver(2, "2", "t:a.#");
        assertThat(drain(subscription.inbox())).containsExactly("2");
        client.scheduler.advance(Duration.ofSeconds(1));
        assertThat(drain(subscription.inbox())).containsExactly("3");
        next.deliver(4, "4", "t:a.#");
        assertThat(drain(subscription.inbox())).containsExactly("4");
    }

    @Test
    void theOldConnectionIsShownUntilItHasAcknowledgedTheEnd() {
        old.hold(CommandCase.UNSUBSCRIBE);
        FakePeer next = moved().serve();
        client.scheduler.advance(Duration.ofSeconds(1));
        next.deliver(1, "1", "t:a.#");
        next.deliver(2, "2", "t:a.#");
        old.deliver(1, "1", "t:a.#");
        assertThat(drain(subscription.inbox())).containsExactly("1");
        var request = old.takeReceived(CommandCase.UNSUBSCRIBE).get(0).getUnsubscribe();
        old.say(FakePeer.success(request.getRequestId()));
        assertThat(drain(subscription.inbox())).containsExactly("2");
    }

    @Test
    void publishesKeepTheirOrderAcrossTheMove() {
        old.takeReceived();
        client.publish("1");
        FakePeer next = moved();
        client.publish("2");
        old.hold(CommandCase.PING);
        next.serve();
        Ticket paused = client.publish("3");
        assertThat(next.takePublished()).as("the old server has not answered").isEmpty();
        var received = old.takeReceived();
        assertThat(received.stream().filter(r -> r.hasPublish())).hasSize(2);
        long fence = received.get(received.size() - 1).getPing().getRequestId();
        old.say(FakePeer.success(fence));
        assertThat(next.takePublished()).containsExactly("3");
        assertThat(outcome(paused)).isEqualTo("ok");
    }

    @Test
    void anOldServerThatDoesNotAnswerHoldsNothingUpForLong() {
        old.hold(CommandCase.PING);
        FakePeer next = moved().serve();
        Ticket ticket = client.publish("1");
        client.scheduler.advance(Duration.ofSeconds(5));
        assertThat(next.takePublished()).containsExactly("1");
        assertThat(outcome(ticket)).isEqualTo("ok");
    }

    @Test
    void whatIsSubscribedDuringTheMoveIsOnTheNewConnection() {
        FakePeer next = moved();
        LocalSubscription late = client.subscribe("late");
        assertThat(outcome(late.ready(FakeClient.CALL))).isEqualTo("ok");
        next.serve();
        client.scheduler.advance(Duration.ofSeconds(2));
        assertThat(next.subscribed()).containsExactlyInAnyOrder("t:a.#", "t:late");
    }

    @Test
    void theMoveIsTriedAgainWhileTheOldConnectionGoesOn() {
        FakePeer refused = moved();
        refused.end(Fault.of(Reason.DRAINING, "draining, too"));
        assertThat(client.state()).isEqualTo("CONNECTED");
        old.deliver(1, "1", "t:a.#");
        assertThat(drain(subscription.inbox())).containsExactly("1");
        client.waitForBackoff();
        client.network.take().serve();
        client.scheduler.advance(Duration.ofSeconds(2));
        assertThat(client.states).containsExactly("CONNECTING", "CONNECTED");
    }

    @Test
    void anOldConnectionThatBreaksDuringTheMoveIsAReconnect() {
        FakePeer next = moved();
        old.cut();
        assertThat(client.states).last().isEqualTo("RECONNECTING CONNECTION_LOST");
        next.serve();
        assertThat(client.states).last().isEqualTo("CONNECTED");
        next.deliver(1, "1", "t:a.#");
        assertThat(drain(subscription.inbox())).containsExactly("1");
    }

    /**
     * SDK-7: there is nowhere to move to until the old server has ended; the failed attempts do not
     * make the client wait long for its return.
     */
    @Test
    void waitsStartOverWhenTheOldConnectionEnds() {
        FakePeer refused = moved();
        for (int i = 0; i < 12; i++) {
            refused.end(Fault.of(Reason.DRAINING, "elsewhere, please"));
            client.waitForBackoff();
            refused = client.network.take();
        }
        refused.end(Fault.of(Reason.DRAINING, "elsewhere, please"));
        int attempts = client.network.attempts();
        old.end(Fault.of(Reason.DRAINING, "drained"));
        client.scheduler.advance(Duration.ofMillis(100));
        assertThat(client.network.attempts()).isEqualTo(attempts + 1);
        client.network.take().serve();
        assertThat(client.states).last().isEqualTo("CONNECTED");
    }

    @Test
    void aClientThatMayNotMoveLivesAsLongAsItsOldConnection() {
        moved().end(Fault.of(Reason.TOKEN_EXPIRED, "too late"));
        assertThat(client.state()).isEqualTo("CONNECTED");
        old.deliver(1, "1", "t:a.#");
        assertThat(drain(subscription.inbox())).containsExactly("1");
        old.cut();
        assertThat(client.states).last().isEqualTo("CLOSED TOKEN_EXPIRED");
        client.assertNothingIsLeft();
    }

    @Test
    void oneMoveFollowsTheOther() {
        FakePeer second = moved().serve();
        second.goAway(DRAIN);
        client.scheduler.advance(Duration.ofMillis(499));
        assertThat(client.network.attempts()).as("the first move is not over").isEqualTo(2);
        client.waitForBackoff();
        FakePeer third = client.network.take().serve();
        client.scheduler.advance(Duration.ofSeconds(2));
        assertThat(second.isAborted()).isTrue();
        third.deliver(9, "9", "t:a.#");
        assertThat(drain(subscription.inbox())).containsExactly("9");
        assertThat(client.states).containsExactly("CONNECTING", "CONNECTED");
    }

    @Test
    void tenMovesLoseNothingAndShowNothingTwice() {
        FakePeer current = old;
        StringBuilder seen = new StringBuilder();
        StringBuilder expected = new StringBuilder();
        long sequence = 0;
        for (int move = 0; move < 10; move++) {
            current.goAway(DRAIN);
            client.waitForBackoff();
            FakePeer next = client.network.take().serve();
            for (int i = 0; i < 20; i++) {
                sequence++;
                expected.append(sequence).append(' ');
                if (i % 3 == 0) {
                    next.deliver(sequence, sequence + " ", "t:a.#");
                    current.deliver(sequence, sequence + " ", "t:a.#");
                } else {
                    current.deliver(sequence, sequence + " ", "t:a.#");
                    next.deliver(sequence, sequence + " ", "t:a.#");
                }
            }
            client.scheduler.advance(Duration.ofSeconds(3));
            current = next;
        }
        drain(subscription.inbox()).forEach(seen::append);
        assertThat(seen).hasToString(expected.toString());
    }

    @Test
    void closingDuringAMoveLeavesNothing() {
        moved();
        client.close();
        client.assertNothingIsLeft();
    }

    @Test
    void closingWhileTheOldConnectionIsBeingEmptiedLeavesNothing() {
        old.hold(CommandCase.UNSUBSCRIBE);
        moved().serve();
        client.scheduler.advance(Duration.ofSeconds(1));
        client.close();
        client.assertNothingIsLeft();
    }
}

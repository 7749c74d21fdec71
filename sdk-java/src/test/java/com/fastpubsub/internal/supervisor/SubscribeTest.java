package com.fastpubsub.internal.supervisor;

import static com.fastpubsub.internal.supervisor.FakeClient.drain;
import static com.fastpubsub.internal.supervisor.FakeClient.outcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fake.FakePeer;
import com.fastpubsub.internal.receipt.Receipt;
import com.fastpubsub.v1.ErrorReason;
import com.fastpubsub.v1.SessionRequest.CommandCase;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** SDK-3, SDK-4: subscribing, deliveries, and the end of subscriptions. */
class SubscribeTest {
    private final FakeClient client = new FakeClient();
    private final FakePeer peer = client.network.take();

    @Test
    void aSubscriptionIsReadyWhenItIsAcknowledged() {
        peer.hold(CommandCase.SUBSCRIBE).serve();
        LocalSubscription subscription = client.subscribe("a.#");
        Receipt ready = subscription.ready(FakeClient.CALL);
        assertThat(ready.isComplete()).isFalse();
        var request = peer.takeReceived(CommandCase.SUBSCRIBE).get(0).getSubscribe();
        assertThat(request.getTenant()).isEqualTo("t");
        assertThat(request.getPattern()).isEqualTo("a.#");
        peer.say(FakePeer.success(request.getRequestId()).setPatternHandle(5));
        assertThat(outcome(ready)).isEqualTo("ok");
    }

    @Test
    void aRefusalIsTheOutcome() {
        peer.hold(CommandCase.SUBSCRIBE).serve();
        LocalSubscription subscription = client.subscribe("a.#");
        Receipt ready = subscription.ready(FakeClient.CALL);
        long id = peer.takeReceived(CommandCase.SUBSCRIBE).get(0).getSubscribe().getRequestId();
        peer.refuse(id, ErrorReason.ERROR_REASON_TOO_MANY_SUBSCRIPTIONS);
        assertThat(outcome(ready)).isEqualTo("TOO_MANY_SUBSCRIPTIONS");
        assertThat(subscription.inbox().cause().reason()).isEqualTo(Reason.TOO_MANY_SUBSCRIPTIONS);
    }

    @Test
    void anAcknowledgementIsNotAwaitedForEver() {
        peer.hold(CommandCase.SUBSCRIBE).serve();
        Receipt ready = client.subscribe("a.#").ready(Duration.ofSeconds(1).toNanos());
        client.scheduler.advance(Duration.ofSeconds(1));
        assertThat(outcome(ready)).isEqualTo("TIMED_OUT");
    }

    @Test
    void severalSubscriptionsShareAPattern() {
        peer.serve();
        LocalSubscription first = client.subscribe("a.#");
        LocalSubscription second = client.subscribe("a.#");
        assertThat(peer.takeReceived(CommandCase.SUBSCRIBE)).hasSize(1);
        assertThat(outcome(second.ready(FakeClient.CALL))).isEqualTo("ok");
        peer.deliver(1, "one", "t:a.#");
        assertThat(drain(first.inbox())).containsExactly("one");
        assertThat(drain(second.inbox())).containsExactly("one");
        first.close();
        assertThat(peer.takeReceived(CommandCase.UNSUBSCRIBE)).isEmpty();
        second.close();
        assertThat(peer.takeReceived(CommandCase.UNSUBSCRIBE)).hasSize(1);
        assertThat(peer.subscribed()).isEmpty();
    }

    @Test
    void aMessageThatMatchesSeveralPatternsReachesEach() {
        peer.serve();
        LocalSubscription first = client.subscribe("a.#");
        LocalSubscription second = client.subscribe("a.*");
        client.scheduler.run();
        peer.deliver(1, "one", "t:a.#", "t:a.*");
        assertThat(drain(first.inbox())).containsExactly("one");
        assertThat(drain(second.inbox())).containsExactly("one");
    }

    @Test
    void closingDropsWhatIsBuffered() {
        peer.serve();
        LocalSubscription subscription = client.subscribe("a.#");
        peer.deliver(1, "one", "t:a.#");
        subscription.close();
        subscription.close();
        assertThat(subscription.inbox().isOver()).isTrue();
        assertThat(drain(subscription.inbox())).isEmpty();
        assertThat(peer.takeReceived(CommandCase.UNSUBSCRIBE)).hasSize(1);
    }

    @Test
    void unsubscribingInOrderKeepsWhatCameBeforeTheAcknowledgement() {
        peer.hold(CommandCase.UNSUBSCRIBE).serve();
        LocalSubscription subscription = client.subscribe("a.#");
        peer.deliver(1, "one", "t:a.#");
        Receipt ended = subscription.unsubscribe(FakeClient.CALL);
        var request = peer.takeReceived(CommandCase.UNSUBSCRIBE).get(0).getUnsubscribe();
        peer.deliver(2, "two", "t:a.#");
        assertThat(ended.isComplete()).isFalse();
        peer.say(FakePeer.success(request.getRequestId()));
        assertThat(outcome(ended)).isEqualTo("ok");
        assertThat(drain(subscription.inbox())).containsExactly("one", "two");
        assertThat(subscription.inbox().isOver()).isTrue();
        assertThat(subscription.inbox().cause()).isNull();
    }

    @Test
    void theServerMayEndASubscription() { // SF-10
        peer.serve();
        LocalSubscription denied = client.subscribe("a.#");
        LocalSubscription allowed = client.subscribe("b");
        peer.endSubscription("t", "a.#", ErrorReason.ERROR_REASON_SUBSCRIBE_DENIED);
        assertThat(denied.inbox().cause().reason()).isEqualTo(Reason.SUBSCRIBE_DENIED);
        assertThat(allowed.inbox().isOver()).isFalse();
    }

    @Test
    void lossAtTheServerReachesEverySubscription() { // SF-16
        peer.serve();
        LocalSubscription first = client.subscribe("a.#");
        LocalSubscription second = client.subscribe("b");
        peer.lose(3);
        assertThat(drain(first.inbox())).containsExactly("3 lost");
        assertThat(drain(second.inbox())).containsExactly("3 lost");
    }

    @Test
    void closingTheClientEndsSubscriptionsQuietly() {
        peer.serve();
        LocalSubscription subscription = client.subscribe("a.#");
        client.close();
        assertThat(subscription.inbox().isOver()).isTrue();
        assertThat(subscription.inbox().cause()).isNull();
        assertThatThrownBy(() -> client.subscribe("b")).hasMessageContaining("CLOSED");
    }

    @Test
    void invalidPatternsAreRefusedLocally() { // SDK-16
        peer.serve();
        peer.takeReceived();
        assertThatThrownBy(() -> client.subscribe("a.#.b")).hasMessageContaining("PATTERN_INVALID");
        assertThat(peer.takeReceived()).isEmpty();
    }

    @Test
    void whatIsSubscribedWhileThereIsNoConnectionWaitsForOne() {
        peer.serve();
        peer.cut();
        LocalSubscription subscription = client.subscribe("a.#");
        Receipt ready = subscription.ready(FakeClient.CALL);
        assertThat(ready.isComplete()).isFalse();
        client.waitForBackoff();
        FakePeer next = client.network.take().serve();
        assertThat(outcome(ready)).isEqualTo("ok");
        assertThat(next.takeReceived(CommandCase.SUBSCRIBE)).hasSize(1);
    }

    /** SDK-17: only publishes are flushed; who subscribes waits for nobody. */
    @Test
    void closingWithoutAConnectionDoesNotWaitForSubscriptions() {
        FakeClient away = new FakeClient();
        away.network.take().serve().cut();
        LocalSubscription never = away.subscribe("a");
        var closed = away.calls.close(FakeClient.CALL);
        away.scheduler.run();
        assertThat(closed.isComplete()).isTrue();
        assertThat(outcome(never.ready(FakeClient.CALL))).isEqualTo("CLOSED");
        away.assertNothingIsLeft();
    }
}

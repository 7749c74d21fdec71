package com.fastpubsub.internal.supervisor;

import static com.fastpubsub.internal.supervisor.FakeClient.outcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fake.FakePeer;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.fault.FaultException;
import com.fastpubsub.internal.outbox.Ticket;
import com.fastpubsub.internal.receipt.Receipt;
import com.fastpubsub.v1.DeliveryMode;
import com.fastpubsub.v1.ErrorReason;
import com.fastpubsub.v1.Limits;
import com.fastpubsub.v1.SessionRequest;
import com.fastpubsub.v1.SessionRequest.CommandCase;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** SDK-5, SDK-6, SDK-8, SDK-17: publishing, and what becomes of it. */
class PublishTest {
    private final FakeClient client = new FakeClient();

    private FakePeer connected() {
        return client.network.take().serve();
    }

    private FakePeer silent() {
        return client.network.take().hold(CommandCase.PUBLISH).serve();
    }

    @Test
    void aPublishCompletesWhenItIsAcknowledged() {
        FakePeer peer = silent();
        Ticket ticket = client.publish("one");
        SessionRequest request = peer.takeReceived(CommandCase.PUBLISH).get(0);
        assertThat(outcome(ticket)).isEqualTo("none");
        peer.acknowledge(request);
        assertThat(outcome(ticket)).isEqualTo("ok");
    }

    @Test
    void aRefusalIsTheOutcome() {
        FakePeer peer = silent();
        Ticket ticket = client.publish("one");
        long id =
                peer.takeReceived(CommandCase.PUBLISH)
                        .get(0)
                        .getPublish()
                        .getMessages(0)
                        .getRequestId();
        peer.refuse(id, ErrorReason.ERROR_REASON_PUBLISH_DENIED);
        assertThat(outcome(ticket)).isEqualTo("PUBLISH_DENIED");
        assertThat(client.state()).isEqualTo("CONNECTED");
    }

    @Test
    void withoutAcknowledgementARefusalGoesToTheHandler() {
        FakePeer peer = connected();
        assertThat(client.publish("one", false)).isNull();
        SessionRequest request = peer.takeReceived(CommandCase.PUBLISH).get(0);
        assertThat(request.getPublish().getMessages(0).getRequestId()).isZero();
        peer.refuse(0, ErrorReason.ERROR_REASON_PUBLISH_DENIED);
        assertThat(client.errors).extracting(Fault::reason).containsExactly(Reason.PUBLISH_DENIED);
    }

    @Test
    void publishesMadeTogetherShareAFrame() {
        FakePeer peer = connected();
        peer.takeReceived();
        for (String text : List.of("1", "2", "3")) {
            client.calls.publish(
                    "t",
                    "a.b",
                    text.getBytes(),
                    DeliveryMode.DELIVERY_MODE_UNSPECIFIED,
                    true,
                    FakeClient.CALL);
        }
        List<SessionRequest> frames = peer.takeReceived(CommandCase.PUBLISH);
        assertThat(frames).hasSize(1);
        assertThat(frames.get(0).getPublish().getMessagesCount()).isEqualTo(3);
    }

    @Test
    void whileAFrameIsBeingSentMoreComesTogether() {
        FakePeer peer = connected();
        peer.takeReceived();
        peer.slowDown();
        for (int i = 0; i < 5; i++) {
            client.publish("m" + i);
        }
        assertThat(peer.takePublished()).containsExactly("m0");
        peer.speedUp();
        List<SessionRequest> frames = peer.takeReceived(CommandCase.PUBLISH);
        assertThat(frames).hasSize(1);
        assertThat(frames.get(0).getPublish().getMessagesCount()).isEqualTo(4);
    }

    @Test
    void whatIsInFlightWhenTheConnectionBreaksHasAnUnknownOutcome() {
        FakePeer peer = silent();
        Ticket ticket = client.publish("one");
        peer.cut();
        assertThat(outcome(ticket)).isEqualTo("CONNECTION_LOST");
    }

    @Test
    void whatWaitsIsSentOverTheNextConnection() {
        FakePeer first = connected();
        first.cut();
        Ticket acknowledged = client.publish("one");
        Ticket handed = client.publish("two", false);
        assertThat(outcome(acknowledged)).isEqualTo("none");
        assertThat(outcome(handed)).isEqualTo("none");
        client.waitForBackoff();
        FakePeer second = client.network.take().serve();
        assertThat(second.takePublished()).containsExactly("one", "two");
        assertThat(outcome(acknowledged)).isEqualTo("ok");
        assertThat(outcome(handed)).isEqualTo("ok");
    }

    @Test
    void whatWaitsEndsAtItsDeadline() {
        connected().cut();
        Ticket ticket =
                client.calls.publish(
                        "t",
                        "a.b",
                        new byte[1],
                        DeliveryMode.DELIVERY_MODE_UNSPECIFIED,
                        true,
                        Duration.ofMillis(50).toNanos());
        client.scheduler.advance(Duration.ofMillis(50));
        assertThat(outcome(ticket)).isEqualTo("TIMED_OUT");
    }

    @Test
    void whatIsNotAcknowledgedInTimeMayHaveBeenDelivered() {
        FakePeer peer = silent();
        Ticket ticket = client.publish("one");
        SessionRequest request = peer.takeReceived(CommandCase.PUBLISH).get(0);
        client.scheduler.advance(Duration.ofNanos(FakeClient.CALL));
        assertThat(outcome(ticket)).isEqualTo("TIMED_OUT");
        peer.acknowledge(request);
        assertThat(outcome(ticket)).isEqualTo("TIMED_OUT");
    }

    @Test
    void withoutAConnectionTheBufferIsBounded() {
        connected().cut();
        for (int i = 0; i < 100; i++) {
            client.publish("waits");
        }
        assertThatThrownBy(() -> client.publish("too many"))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refused ->
                                assertThat(refused.fault().reason()).isEqualTo(Reason.BUFFER_FULL));
    }

    @Test
    void aCancelledPublishIsNotSent() {
        connected().cut();
        Ticket ticket = client.publish("one");
        client.publish("two");
        client.calls.cancel(ticket);
        client.waitForBackoff();
        FakePeer second = client.network.take().serve();
        assertThat(second.takePublished()).containsExactly("two");
        assertThat(outcome(ticket)).isEqualTo("CANCELED");
    }

    @Test
    void whatTheServerWouldRefuseIsNotSent() { // SDK-16
        FakePeer peer =
                client.network
                        .take()
                        .withLimits(
                                Limits.newBuilder()
                                        .setMaxPayloadBytes(10)
                                        .setMaxChannelBytes(5)
                                        .build())
                        .serve();
        peer.takeReceived();
        assertRefused(Reason.PAYLOAD_TOO_LARGE, "t", "a", new byte[11]);
        assertRefused(Reason.CHANNEL_INVALID, "t", "a.bcde", new byte[1]);
        assertRefused(Reason.CHANNEL_INVALID, "t", "a.*", new byte[1]);
        assertRefused(Reason.TENANT_INVALID, "t*", "a", new byte[1]);
        assertThat(peer.takeReceived()).isEmpty();
    }

    private void assertRefused(Reason reason, String tenant, String channel, byte[] payload) {
        assertThatThrownBy(
                        () ->
                                client.calls.publish(
                                        tenant,
                                        channel,
                                        payload,
                                        DeliveryMode.DELIVERY_MODE_UNSPECIFIED,
                                        true,
                                        FakeClient.CALL))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refused -> assertThat(refused.fault().reason()).isEqualTo(reason));
    }

    @Test
    void anEmptyTenantIsTheDefaultOne() {
        FakePeer peer = connected();
        client.calls.publish(
                "", "a", new byte[0], DeliveryMode.DELIVERY_MODE_ONE_RANDOM, true, FakeClient.CALL);
        var message = peer.takeReceived(CommandCase.PUBLISH).get(0).getPublish().getMessages(0);
        assertThat(message.getTenant()).isEqualTo("~");
        assertThat(message.getDeliveryMode()).isEqualTo(DeliveryMode.DELIVERY_MODE_ONE_RANDOM);
    }

    @Test
    void aConnectionThatBreaksWhileSendingLetsTheServerSayWhy() {
        FakePeer peer = connected();
        peer.breakSends();
        client.publish("one", false);
        assertThat(client.state()).isEqualTo("CONNECTED");
        peer.closeFor(ErrorReason.ERROR_REASON_OVERLOADED);
        assertThat(client.states).last().isEqualTo("RECONNECTING OVERLOADED");
        assertThat(client.errors).extracting(Fault::reason).containsExactly(Reason.CONNECTION_LOST);
    }

    @Test
    void aConnectionThatBreaksWhileSendingEndsAllTheSame() {
        FakePeer peer = connected();
        peer.breakSends();
        Ticket ticket = client.publish("one");
        client.scheduler.advance(Duration.ofSeconds(1));
        assertThat(client.states).last().isEqualTo("RECONNECTING CONNECTION_LOST");
        assertThat(outcome(ticket)).isEqualTo("CONNECTION_LOST");
    }

    @Test
    void closingFlushesWhatWasHandedOver() {
        FakePeer peer = connected();
        peer.slowDown();
        Ticket first = client.publish("one");
        Ticket second = client.publish("two");
        client.publish("three", false);
        Receipt closed = client.calls.close(Duration.ofSeconds(5).toNanos());
        client.scheduler.run();
        assertThat(closed.isComplete()).isFalse();
        assertThatThrownBy(() -> client.publish("late")).hasMessageContaining("CLOSED");
        peer.speedUp();
        assertThat(peer.takePublished()).containsExactly("one", "two", "three");
        assertThat(outcome(first)).isEqualTo("ok");
        assertThat(outcome(second)).isEqualTo("ok");
        assertThat(outcome(closed)).isEqualTo("ok");
        assertThat(peer.isClosed()).isTrue();
        assertThat(client.states).last().isEqualTo("CLOSED");
        client.assertNothingIsLeft();
    }

    @Test
    void closingDoesNotWaitForEver() {
        FakePeer peer = client.network.take().hold(CommandCase.PING).hold(CommandCase.PUBLISH);
        peer.serve();
        Ticket ticket = client.publish("one");
        Receipt closed = client.calls.close(Duration.ofSeconds(5).toNanos());
        client.scheduler.advance(Duration.ofSeconds(4));
        assertThat(closed.isComplete()).isFalse();
        client.scheduler.advance(Duration.ofSeconds(1));
        assertThat(outcome(closed)).isEqualTo("TIMED_OUT");
        assertThat(outcome(ticket)).isEqualTo("CONNECTION_LOST");
        assertThat(client.errors).extracting(Fault::reason).contains(Reason.TIMED_OUT);
        client.assertNothingIsLeft();
    }

    @Test
    void whatCouldNotBeSentBeforeTheEndIsTold() {
        connected().cut();
        Ticket acknowledged = client.publish("one");
        Ticket handed = client.publish("two", false);
        client.network.onConnect(peer -> peer.end(Fault.of(Reason.UNREACHABLE, "away")));
        Receipt closed = client.calls.close(Duration.ofSeconds(1).toNanos());
        client.scheduler.advance(Duration.ofSeconds(2));
        assertThat(outcome(closed)).isEqualTo("TIMED_OUT");
        assertThat(outcome(acknowledged)).isEqualTo("CLOSED");
        assertThat(outcome(handed)).isEqualTo("CLOSED");
        client.assertNothingIsLeft();
    }

    @Test
    void closingAgainChangesNothing() {
        connected();
        client.close();
        client.close();
        assertThat(client.states).filteredOn("CLOSED"::equals).hasSize(1);
    }

    @Test
    void aPingCompletesBehindWhatWasCalledBefore() {
        FakePeer peer = connected();
        peer.takeReceived();
        client.publish("one");
        Receipt ping = client.calls.ping(FakeClient.CALL);
        assertThat(peer.takeReceived())
                .extracting(SessionRequest::getCommandCase)
                .containsExactly(CommandCase.PUBLISH, CommandCase.PING);
        assertThat(outcome(ping)).isEqualTo("ok");
    }
}

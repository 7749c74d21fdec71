package com.fastpubsub.internal.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fake.FakeScheduler;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.fault.FaultException;
import com.fastpubsub.internal.receipt.Receipt;
import com.fastpubsub.internal.wire.Outgoing;
import com.fastpubsub.v1.OutgoingMessage;
import com.fastpubsub.v1.SessionRequest;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** SDK-6 and SDK-8: publishes share frames, and wait for a connection in a bounded buffer. */
class OutboxTest {
    private static final int FRAME = 1 << 20;
    private static final Fault CLOSED = Fault.of(Reason.CLOSED, "closed");

    private final FakeScheduler scheduler = new FakeScheduler();
    private final Outbox outbox = new Outbox(new OutboxLimits(4, 1000), scheduler);
    private final Batch batch = new Batch();
    private int signals;
    private final Consumer consumer = () -> signals++;

    private static Outgoing message(String text) {
        return new Outgoing("t", "c", text.getBytes(), 0);
    }

    private Ticket publish(String text) {
        return outbox.publish(message(text), true, Ticket.NEVER);
    }

    private List<String> take() {
        return take(FRAME);
    }

    private List<String> take(int maxFrame) {
        if (!outbox.take(consumer, maxFrame, batch) || !batch.hasFrame()) {
            return List.of();
        }
        try {
            return SessionRequest.parseFrom(batch.frame()).getPublish().getMessagesList().stream()
                    .map(OutgoingMessage::getPayload)
                    .map(payload -> payload.toStringUtf8())
                    .toList();
        } catch (InvalidProtocolBufferException malformed) {
            throw new AssertionError(malformed);
        }
    }

    private static String outcome(Receipt receipt) {
        AtomicReference<String> seen = new AtomicReference<>("none");
        receipt.whenComplete(fault -> seen.set(fault == null ? "ok" : fault.reason().name()));
        return seen.get();
    }

    @Test
    void whatIsPendingGoesOutAsOneFrame() {
        outbox.attach(consumer);
        publish("1");
        publish("2");
        outbox.publish(message("3"), false, Ticket.NEVER);
        assertThat(take()).containsExactly("1", "2", "3");
        assertThat(batch.acks()).hasSize(2);
        assertThat(batch.unacknowledged()).isEqualTo(1);
        assertThat(take()).isEmpty();
        assertThat(signals).isEqualTo(4);
    }

    @Test
    void aFrameStaysBelowTheServersLimit() {
        outbox.attach(consumer);
        publish("a".repeat(40));
        publish("b".repeat(40));
        assertThat(take(70)).containsExactly("a".repeat(40));
        assertThat(take(70)).containsExactly("b".repeat(40));
    }

    @Test
    void whatFitsIntoNoFrameIsRefused() {
        outbox.attach(consumer);
        Ticket tooLong = publish("a".repeat(100));
        Ticket short1 = publish("b");
        outbox.publish(message("c".repeat(100)), false, Ticket.NEVER);
        assertThat(take(70)).containsExactly("b");
        assertThat(outcome(tooLong)).isEqualTo("PAYLOAD_TOO_LARGE");
        assertThat(outcome(short1)).isEqualTo("none");
        assertThat(batch.tooLarge()).isEqualTo(1);
    }

    @Test
    void commandsKeepTheirPlaceBetweenPublishes() {
        outbox.attach(consumer);
        publish("1");
        Receipt ping = outbox.ping();
        publish("2");
        assertThat(take()).containsExactly("1");
        assertThat(take()).isEmpty();
        assertThat(batch.command()).isNotNull();
        assertThat(batch.command().receipt()).isSameAs(ping);
        assertThat(take()).containsExactly("2");
    }

    @Test
    void withoutAConnectionTheBufferFillsUpAndThenRefuses() {
        for (int i = 0; i < 4; i++) {
            publish("waits");
        }
        assertThatThrownBy(() -> publish("5"))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refused -> {
                            assertThat(refused.fault().reason()).isEqualTo(Reason.BUFFER_FULL);
                            assertThat(refused.fault().isRetryable()).isTrue();
                        });
        outbox.attach(consumer);
        assertThat(take()).hasSize(4);
    }

    @Test
    void bytesAreBoundedTooButOneAlwaysHasRoom() {
        publish("a".repeat(2000));
        assertThatThrownBy(() -> publish("b")).hasMessageContaining("BUFFER_FULL");
    }

    @Test
    void withAConnectionPublishingWaitsForRoom() throws InterruptedException {
        outbox.attach(consumer);
        List<Ticket> tickets = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            tickets.add(publish("in flight"));
        }
        take();
        Thread publisher = new Thread(() -> tickets.add(publish("5")));
        publisher.start();
        awaitWaiting(publisher);
        outbox.release(1);
        publisher.join();
        assertThat(tickets).hasSize(5);
        assertThat(take()).containsExactly("5");
    }

    @Test
    void waitingForRoomEndsAtTheDeadline() throws InterruptedException {
        outbox.attach(consumer);
        for (int i = 0; i < 4; i++) {
            publish("in flight");
        }
        take();
        AtomicReference<FaultException> failure = new AtomicReference<>();
        Thread publisher =
                new Thread(
                        () -> {
                            try {
                                outbox.publish(message("5"), true, Duration.ofSeconds(1).toNanos());
                            } catch (FaultException expected) {
                                failure.set(expected);
                            }
                        });
        publisher.start();
        awaitWaiting(publisher);
        scheduler.advance(Duration.ofSeconds(1));
        publisher.join();
        assertThat(failure.get().fault().reason()).isEqualTo(Reason.TIMED_OUT);
    }

    @Test
    void whoWaitsForRoomLearnsThatTheConnectionIsGone() throws InterruptedException {
        outbox.attach(consumer);
        for (int i = 0; i < 4; i++) {
            publish("in flight");
        }
        take();
        AtomicReference<FaultException> failure = new AtomicReference<>();
        Thread publisher =
                new Thread(
                        () -> {
                            try {
                                publish("5");
                            } catch (FaultException expected) {
                                failure.set(expected);
                            }
                        });
        publisher.start();
        awaitWaiting(publisher);
        outbox.detach(consumer);
        publisher.join();
        assertThat(failure.get().fault().reason()).isEqualTo(Reason.BUFFER_FULL);
    }

    private static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aPublishThatCannotBeSentBeforeItsDeadlineIsWithdrawn() {
        Ticket first = outbox.publish(message("1"), true, Duration.ofSeconds(1).toNanos());
        Ticket second = outbox.publish(message("2"), true, Duration.ofSeconds(2).toNanos());
        Ticket patient = publish("3");
        scheduler.advance(Duration.ofSeconds(1));
        assertThat(outcome(first)).isEqualTo("TIMED_OUT");
        assertThat(outcome(second)).isEqualTo("none");
        scheduler.advance(Duration.ofSeconds(1));
        assertThat(outcome(second)).isEqualTo("TIMED_OUT");
        outbox.attach(consumer);
        assertThat(take()).containsExactly("3");
        assertThat(outcome(patient)).isEqualTo("none");
        assertThat(scheduler.waiting()).isZero();
    }

    @Test
    void aWithdrawnPublishIsNotSent() {
        Ticket ticket = publish("1");
        publish("2");
        assertThat(outbox.withdraw(ticket, CLOSED)).isTrue();
        outbox.attach(consumer);
        assertThat(take()).containsExactly("2");
        Ticket sent = publish("3");
        take();
        assertThat(outbox.withdraw(sent, CLOSED)).isFalse();
    }

    @Test
    void withoutAcknowledgementAMessageIsHandedOverWhenThereIsAConnection() {
        Ticket waits = outbox.publish(message("1"), false, Ticket.NEVER);
        assertThat(waits).isNotNull();
        outbox.attach(consumer);
        assertThat(outbox.publish(message("2"), false, Ticket.NEVER)).isNull();
        assertThat(take()).containsExactly("1", "2");
        assertThat(batch.handed()).containsExactly(waits);
    }

    @Test
    void onlyTheConsumerTakes() {
        outbox.attach(consumer);
        publish("1");
        outbox.pause();
        assertThat(take()).isEmpty();
        outbox.attach(() -> {});
        assertThat(take()).isEmpty();
        outbox.attach(consumer);
        assertThat(take()).containsExactly("1");
    }

    @Test
    void whileItIsPausedTheClientCountsAsConnected() {
        outbox.attach(consumer);
        outbox.pause();
        assertThat(outbox.publish(message("1"), false, Ticket.NEVER)).isNull();
        outbox.disconnect();
        assertThat(outbox.publish(message("2"), false, Ticket.NEVER)).isNotNull();
    }

    @Test
    void aSealedOutboxRefusesPublishesAndTakesCommands() {
        outbox.attach(consumer);
        outbox.seal(CLOSED);
        assertThatThrownBy(() -> publish("1")).hasMessageContaining("CLOSED");
        Receipt ping = outbox.ping();
        assertThat(take()).isEmpty();
        assertThat(batch.command().receipt()).isSameAs(ping);
    }

    @Test
    void theEndFailsEverythingAndCountsWhatNobodyWaitsFor() {
        outbox.attach(consumer);
        Ticket ticket = publish("1");
        outbox.publish(message("2"), false, Ticket.NEVER);
        Receipt ping = outbox.ping();
        assertThat(outbox.fail(CLOSED)).isEqualTo(1);
        assertThat(outcome(ticket)).isEqualTo("CLOSED");
        assertThat(outcome(ping)).isEqualTo("CLOSED");
        assertThat(outcome(outbox.ping())).isEqualTo("CLOSED");
        assertThat(outbox.isFlushed()).isTrue();
    }
}

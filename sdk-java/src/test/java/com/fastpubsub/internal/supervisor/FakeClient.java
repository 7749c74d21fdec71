package com.fastpubsub.internal.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fastpubsub.Event;
import com.fastpubsub.Lagged;
import com.fastpubsub.Message;
import com.fastpubsub.internal.backoff.Backoff;
import com.fastpubsub.internal.credential.Credential;
import com.fastpubsub.internal.fake.FakeNetwork;
import com.fastpubsub.internal.fake.FakeScheduler;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.inbox.Inbox;
import com.fastpubsub.internal.inbox.InboxLimits;
import com.fastpubsub.internal.outbox.OutboxLimits;
import com.fastpubsub.internal.outbox.Ticket;
import com.fastpubsub.internal.receipt.Receipt;
import com.fastpubsub.internal.secret.SecretText;
import com.fastpubsub.v1.DeliveryMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** A client with a network in memory and time that stands still. */
final class FakeClient {
    static final long CALL = Duration.ofSeconds(30).toNanos();
    static final InboxLimits BUFFER = new InboxLimits(1000, 1 << 20);

    final FakeScheduler scheduler = new FakeScheduler();
    final FakeNetwork network = new FakeNetwork(scheduler);
    final List<String> states = new ArrayList<>();
    final List<Fault> errors = new ArrayList<>();
    final Supervisor supervisor;
    final Calls calls;

    FakeClient() {
        this(Credential.fixed(new SecretText("AT_1_s")));
    }

    FakeClient(Credential credential) {
        supervisor =
                new Supervisor(
                        new SupervisorConfig(
                                network,
                                credential,
                                scheduler,
                                new Backoff(
                                        Duration.ofMillis(100).toNanos(),
                                        Duration.ofSeconds(30).toNanos()),
                                Duration.ofSeconds(10).toNanos(),
                                new OutboxLimits(100, 100_000),
                                status -> states.add(show(status)),
                                errors::add,
                                System.getLogger("test")));
        calls = new Calls(supervisor);
        supervisor.start();
        scheduler.run();
    }

    static String show(Status status) {
        return status.cause() == null
                ? status.state().name()
                : status.state() + " " + status.cause().reason();
    }

    String state() {
        return show(supervisor.status());
    }

    LocalSubscription subscribe(String pattern) {
        LocalSubscription subscription = calls.subscribe("t", pattern, BUFFER);
        scheduler.run();
        return subscription;
    }

    Ticket publish(String text) {
        return publish(text, true);
    }

    Ticket publish(String text, boolean ack) {
        Ticket ticket =
                calls.publish(
                        "t",
                        "a.b",
                        text.getBytes(),
                        DeliveryMode.DELIVERY_MODE_UNSPECIFIED,
                        ack,
                        CALL);
        scheduler.run();
        return ticket;
    }

    static String outcome(Receipt receipt) {
        AtomicReference<String> seen = new AtomicReference<>("none");
        receipt.whenComplete(fault -> seen.set(fault == null ? "ok" : fault.reasonName()));
        return seen.get();
    }

    static List<String> drain(Inbox inbox) {
        List<String> all = new ArrayList<>();
        for (Event event = inbox.poll(); event != null; event = inbox.poll()) {
            all.add(
                    event instanceof Message message
                            ? message.payloadText()
                            : ((Lagged) event).missed() + " lost");
        }
        return all;
    }

    /** Waits until the client makes a further attempt, which a back-off bounds. */
    void waitForBackoff() {
        int attempts = network.attempts();
        for (int millis = 0; network.attempts() == attempts; millis++) {
            assertThat(millis).isLessThanOrEqualTo(30_001);
            scheduler.advance(Duration.ofMillis(1));
        }
    }

    void close() {
        Receipt closed = calls.close(Duration.ofSeconds(5).toNanos());
        scheduler.advance(Duration.ofSeconds(10));
        assertThat(closed.isComplete()).isTrue();
    }

    /** Nothing waits for its time, and no connection is there (SDK-17). */
    void assertNothingIsLeft() {
        scheduler.advance(Duration.ofMinutes(10));
        assertThat(supervisor.done().isComplete()).isTrue();
        assertThat(scheduler.waiting()).isZero();
        assertThat(network.open()).isZero();
    }
}

package com.fastpubsub.internal.supervisor;

import static com.fastpubsub.internal.supervisor.FakeClient.drain;
import static com.fastpubsub.internal.supervisor.FakeClient.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.credential.Credential;
import com.fastpubsub.internal.fake.FakePeer;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.v1.ErrorReason;
import com.fastpubsub.v1.SessionRequest.CommandCase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** SDK-1, SDK-7, SDK-10: connecting, reconnecting, and their end. */
class ConnectTest {
    private final FakeClient client = new FakeClient();

    @Test
    void aClientIsConnectedAfterTheWelcome() {
        FakePeer peer = client.network.take();
        assertThat(peer.token()).isEqualTo("AT_1_s");
        assertThat(client.states).containsExactly("CONNECTING");
        assertThat(outcome(client.supervisor.connected())).isEqualTo("none");
        peer.serve();
        assertThat(client.states).containsExactly("CONNECTING", "CONNECTED");
        assertThat(outcome(client.supervisor.connected())).isEqualTo("ok");
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {
                "TOKEN_MISSING",
                "TOKEN_INVALID",
                "TOKEN_REVOKED",
                "TOKEN_EXPIRED",
                "IP_NOT_ALLOWED",
                "REGION_NOT_ALLOWED",
                "ORIGIN_NOT_ALLOWED"
            })
    void aRefusalThatCannotBeMendedEndsTheClient(Reason reason) {
        client.network.take().end(Fault.of(reason, "refused"));
        assertThat(client.states).containsExactly("CONNECTING", "CLOSED " + reason);
        assertThat(outcome(client.supervisor.connected())).isEqualTo(reason.name());
        assertThat(client.network.attempts()).isEqualTo(1);
        client.assertNothingIsLeft();
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {
                "TOO_MANY_CONNECTIONS",
                "RATE_LIMITED",
                "DRAINING",
                "OVERLOADED",
                "BACKPLANE_UNAVAILABLE",
                "STORE_UNAVAILABLE",
                "INTERNAL",
                "UNREACHABLE"
            })
    void otherwiseItTriesAgain(Reason reason) {
        client.network.take().end(Fault.of(reason, "refused"));
        assertThat(client.state()).isEqualTo("CONNECTING " + reason);
        client.waitForBackoff();
        client.network.take().serve();
        assertThat(client.states).containsExactly("CONNECTING", "CONNECTED");
    }

    @Test
    void whatMayBeAWrongSettingStopsOnlyAClientThatWasNeverConnected() {
        Fault wrong = Fault.of(Reason.UNREACHABLE, "certificate").asFinal();
        FakePeer first = client.network.take().serve();
        first.cut();
        client.waitForBackoff();
        client.network.take().end(wrong);
        client.waitForBackoff();
        client.network.take().serve();
        assertThat(client.state()).isEqualTo("CONNECTED");

        FakeClient never = new FakeClient();
        never.network.take().end(wrong);
        assertThat(never.state()).isEqualTo("CLOSED UNREACHABLE");
    }

    @Test
    void aServerThatDoesNotWelcomeIsGivenUp() {
        FakePeer silent = client.network.take();
        client.scheduler.advance(Duration.ofSeconds(10));
        assertThat(silent.isAborted()).isTrue();
        assertThat(client.state()).isEqualTo("CONNECTING UNREACHABLE");
    }

    @Test
    void theFirstAttemptDoesNotWaitAndTheNextOnesWaitLongerAndLonger() {
        long last = client.scheduler.nanoTime();
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            client.network.take().end(Fault.of(Reason.UNREACHABLE, "away"));
            client.waitForBackoff();
            waits.add((client.scheduler.nanoTime() - last) / 1_000_000);
            last = client.scheduler.nanoTime();
        }
        long ceiling = 100;
        for (long wait : waits) {
            assertThat(wait).isLessThanOrEqualTo(ceiling + 1);
            ceiling = Math.min(2 * ceiling, 30_000);
        }
        assertThat(waits.stream().mapToLong(w -> w).max().getAsLong()).isGreaterThan(200);
    }

    @Test
    void aLostConnectionIsReplacedAndEverythingSubscribedBeforeConnectedIsSaid() {
        FakePeer first = client.network.take().serve();
        LocalSubscription subscription = client.subscribe("a.#");
        LocalSubscription other = client.subscribe("b");
        first.deliver(1, "one", "t:a.#");
        first.cut();
        assertThat(client.states).last().isEqualTo("RECONNECTING CONNECTION_LOST");

        client.waitForBackoff();
        FakePeer second = client.network.take().hold(CommandCase.SUBSCRIBE).serve();
        assertThat(client.states).last().isEqualTo("RECONNECTING CONNECTION_LOST");
        for (var request : second.takeReceived(CommandCase.SUBSCRIBE)) {
            second.say(
                    FakePeer.success(request.getSubscribe().getRequestId())
                            .setPatternHandle(request.getSubscribe().getPattern().length()));
        }
        assertThat(client.states).last().isEqualTo("CONNECTED");
        assertThat(drain(subscription.inbox())).containsExactly("one");
        assertThat(other.inbox().isOver()).isFalse();
    }

    @Test
    void deliveriesGoOnAfterAReconnectWithoutDuplicates() {
        FakePeer first = client.network.take().serve();
        LocalSubscription subscription = client.subscribe("a.#");
        first.deliver(1, "one", "t:a.#");
        first.cut();
        client.waitForBackoff();
        FakePeer second = client.network.take().serve();
        client.scheduler.run();
        second.deliver(1, "one", "t:a.#");
        second.deliver(2, "two", "t:a.#");
        assertThat(drain(subscription.inbox())).containsExactly("one", "two");
    }

    @Test
    void aSubscriptionThatIsRefusedAfterAReconnectEndsAlone() {
        FakePeer first = client.network.take().serve();
        LocalSubscription denied = client.subscribe("a.#");
        LocalSubscription allowed = client.subscribe("b");
        first.cut();
        client.waitForBackoff();
        FakePeer second = client.network.take().hold(CommandCase.SUBSCRIBE).serve();
        for (var request : second.takeReceived(CommandCase.SUBSCRIBE)) {
            long id = request.getSubscribe().getRequestId();
            if (request.getSubscribe().getPattern().equals("b")) {
                second.say(FakePeer.success(id).setPatternHandle(1));
            } else {
                second.refuse(id, ErrorReason.ERROR_REASON_SUBSCRIBE_DENIED);
            }
        }
        assertThat(client.state()).isEqualTo("CONNECTED");
        assertThat(denied.inbox().cause().reason()).isEqualTo(Reason.SUBSCRIBE_DENIED);
        assertThat(allowed.inbox().isOver()).isFalse();
    }

    @Test
    void aSubscriptionThatCannotBeAcceptedNowFailsTheAttempt() {
        FakePeer first = client.network.take().serve();
        LocalSubscription subscription = client.subscribe("a.#");
        first.cut();
        client.waitForBackoff();
        FakePeer second = client.network.take().hold(CommandCase.SUBSCRIBE).serve();
        long id = second.takeReceived(CommandCase.SUBSCRIBE).get(0).getSubscribe().getRequestId();
        second.refuse(id, ErrorReason.ERROR_REASON_BACKPLANE_UNAVAILABLE);
        assertThat(second.isAborted()).isTrue();
        assertThat(client.state()).isEqualTo("RECONNECTING BACKPLANE_UNAVAILABLE");
        client.waitForBackoff();
        client.network.take().serve();
        assertThat(client.state()).isEqualTo("CONNECTED");
        assertThat(subscription.inbox().isOver()).isFalse();
    }

    @Test
    void theServersLastWordIsTheCause() {
        FakePeer peer = client.network.take().serve();
        peer.closeFor(ErrorReason.ERROR_REASON_SLOW_CONSUMER);
        assertThat(client.states).last().isEqualTo("RECONNECTING SLOW_CONSUMER");
    }

    @Test
    void aRevokedTokenEndsTheClient() {
        FakePeer peer = client.network.take().serve();
        LocalSubscription subscription = client.subscribe("a");
        peer.closeFor(ErrorReason.ERROR_REASON_TOKEN_REVOKED);
        assertThat(client.states).last().isEqualTo("CLOSED TOKEN_REVOKED");
        assertThat(subscription.inbox().cause().reason()).isEqualTo(Reason.TOKEN_REVOKED);
        client.assertNothingIsLeft();
    }

    @Test
    void anExpiredTokenEndsAClientThatHasNoOther() {
        FakePeer peer = client.network.take().serve();
        peer.closeFor(ErrorReason.ERROR_REASON_TOKEN_EXPIRED);
        assertThat(client.states).last().isEqualTo("CLOSED TOKEN_EXPIRED");
    }

    @Test
    void aSilentServerIsGivenUpAfterTwoMissedPings() {
        FakePeer peer =
                client.network.take().withKeepAlive(Duration.ofSeconds(5)).hold(CommandCase.PING);
        peer.serve();
        client.scheduler.advance(Duration.ofMillis(14_900));
        assertThat(client.state()).isEqualTo("CONNECTED");
        assertThat(peer.takeReceived(CommandCase.PING)).hasSize(3);
        client.scheduler.advance(Duration.ofMillis(100));
        assertThat(client.states).last().isEqualTo("RECONNECTING CONNECTION_LOST");
        assertThat(peer.isAborted()).isTrue();
    }

    @Test
    void anythingThatComesIsASignOfLife() {
        FakePeer peer =
                client.network.take().withKeepAlive(Duration.ofSeconds(5)).hold(CommandCase.PING);
        peer.serve();
        for (int i = 0; i < 10; i++) {
            client.scheduler.advance(Duration.ofSeconds(4));
            peer.lose(1);
        }
        assertThat(client.state()).isEqualTo("CONNECTED");
    }

    @Test
    void aServerThatTalksNonsenseIsLeft() {
        FakePeer peer = client.network.take().serve();
        peer.say(new byte[] {1, 2, 3});
        assertThat(peer.isAborted()).isTrue();
        assertThat(client.states).last().isEqualTo("RECONNECTING CONNECTION_LOST");
    }

    @Test
    void theRoundTripTimeIsMeasured() { // SDK-13
        FakePeer peer = client.network.take().hold(CommandCase.PING).serve();
        long id = peer.takeReceived(CommandCase.PING).get(0).getPing().getRequestId();
        assertThat(client.supervisor.rttNanos()).isZero();
        client.scheduler.advance(Duration.ofMillis(3));
        peer.say(FakePeer.success(id));
        assertThat(Duration.ofNanos(client.supervisor.rttNanos())).isEqualTo(Duration.ofMillis(3));
    }

    @Test
    void earlierFailuresAreForgottenOnlyAfterALongSession() {
        for (int i = 0; i < 20; i++) {
            client.network.take().end(Fault.of(Reason.UNREACHABLE, "away"));
            client.waitForBackoff();
        }
        FakePeer stable = client.network.take().serve();
        client.scheduler.advance(Duration.ofSeconds(10));
        stable.cut();
        client.scheduler.advance(Duration.ofMillis(101));
        assertThat(client.network.take().token()).isEqualTo("AT_1_s");
    }

    @Test
    void aSourceIsAskedBeforeEveryAttempt() { // SDK-2
        List<String> tokens = new ArrayList<>(List.of("AT_1_s", "AT_2_s", "AT_3_s"));
        FakeClient sourced = new FakeClient(Credential.from(() -> tokens.remove(0), Runnable::run));
        sourced.network.take().end(Fault.of(Reason.TOKEN_EXPIRED, "too late"));
        sourced.waitForBackoff();
        FakePeer second = sourced.network.take().serve();
        assertThat(second.token()).isEqualTo("AT_2_s");
        second.cut();
        sourced.waitForBackoff();
        assertThat(sourced.network.take().token()).isEqualTo("AT_3_s");
    }

    @Test
    void aSourceThatFailsIsAskedAgainAndReported() {
        List<String> tokens = new ArrayList<>();
        FakeClient sourced =
                new FakeClient(
                        Credential.from(
                                () -> {
                                    if (tokens.isEmpty()) {
                                        throw new java.io.IOException("the vault is away");
                                    }
                                    return tokens.get(0);
                                },
                                Runnable::run));
        assertThat(sourced.state()).isEqualTo("CONNECTING TOKEN_SOURCE_FAILED");
        assertThat(sourced.errors)
                .extracting(Fault::reason)
                .containsExactly(Reason.TOKEN_SOURCE_FAILED);
        tokens.add("AT_1_s");
        sourced.waitForBackoff();
        sourced.network.take().serve();
        assertThat(sourced.state()).isEqualTo("CONNECTED");
    }

    @Test
    void closingWhileConnectingLeavesNothing() { // SDK-17
        client.network.take();
        client.close();
        assertThat(client.states).containsExactly("CONNECTING", "CLOSED");
        client.assertNothingIsLeft();

        FakeClient waiting = new FakeClient();
        waiting.network.take().end(Fault.of(Reason.UNREACHABLE, "away"));
        waiting.close();
        assertThat(waiting.states).containsExactly("CONNECTING", "CLOSED");
        waiting.assertNothingIsLeft();
    }
}
